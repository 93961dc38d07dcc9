import BrokerCore
import MQTT
import TestSupport
import Testing

/// SUBSCRIBE and UNSUBSCRIBE, and what they change.
@Suite struct SubscribingTests {
    let stage = Stage()

    /// One answer to each request, under its identifier, with a verdict for each filter in their order.
    // covers: MQTT-3.8.4-1 (5.0), MQTT-3.8.4-2 (5.0), MQTT-3.8.4-5 (5.0), MQTT-3.8.4-6 (5.0), MQTT-3.8.4-7 (5.0)
    // covers: MQTT-3.9.3-1 (5.0), MQTT-3.9.3-2 (5.0), MQTT-2.2.1-6 (5.0), MQTT-3.2.2-10 (5.0), MQTT-3.8.4-1 (3.1.1)
    // covers: MQTT-3.8.4-2 (3.1.1), MQTT-3.8.4-4 (3.1.1), MQTT-3.8.4-5 (3.1.1), MQTT-3.9.3-1 (3.1.1)
    // covers: MQTT-3.9.3-2 (3.1.1), MQTT-2.3.1-7 (3.1.1)
    @Test(arguments: bothVersions)
    func answersEachFilterInItsPlace(_ version: ProtocolVersion) {
        let id = stage.client("a", version: version)
        stage.subscribe(
            id, packetID: 0xABCD,
            [("a", QoS.exactlyOnce), ("$CONTROL/broker/v1", .atMostOnce), ("b", .atMostOnce), ("c/#", .atLeastOnce)]
                .map { Subscription(filter: topicFilter($0.0), maximumQoS: $0.1) })
        let answers = stage.take(id)
        guard answers.count == 1, case .subAck(let answer) = answers[0] else { return #expect(Bool(false)) }
        #expect(answer.packetID == 0xABCD)
        let refused: ReasonCode = version == .v5 ? .notAuthorized : .unspecifiedError
        #expect(answer.reasons == [.grantedQoS2, refused, .success, .grantedQoS1])
        let writer = stage.client("writer")
        for topic in ["a", "b", "c/d"] { stage.say(writer, topic, topic, qos: .exactlyOnce) }
        // Nothing is different from three requests one after another.
        #expect(stage.publishes(id).map(\.qos) == [.exactlyOnce, .atMostOnce, .atLeastOnce])
    }

    // covers: MQTT-3.10.4-1 (5.0), MQTT-3.10.4-2 (5.0), MQTT-3.10.4-4 (5.0), MQTT-3.10.4-5 (5.0), MQTT-3.10.4-6 (5.0)
    // covers: MQTT-3.11.3-1 (5.0), MQTT-3.11.3-2 (5.0), MQTT-2.2.1-6 (5.0), MQTT-3.10.4-1 (3.1.1)
    // covers: MQTT-3.10.4-2 (3.1.1), MQTT-3.10.4-4 (3.1.1), MQTT-3.10.4-5 (3.1.1), MQTT-3.10.4-6 (3.1.1)
    // covers: MQTT-2.3.1-7 (3.1.1)
    @Test(arguments: bothVersions)
    func endsExactlyTheSubscriptionsThatAreNamed(_ version: ProtocolVersion) {
        let id = stage.client("a", version: version)
        let writer = stage.client("writer")
        for filter in ["a/b", "A/b", "a/+", "caf\u{e9}"] { _ = stage.subscribe(id, filter) }
        let named = ["a/b", "a/b/", "a/c", "cafe\u{301}", "+/b"].map(topicFilter)
        stage.send(.unsubscribe(Unsubscribe(packetID: 0xBEEF, filters: named)), from: id)
        let answers = stage.take(id)
        guard answers.count == 1, case .unsubAck(let answer) = answers[0] else { return #expect(Bool(false)) }
        #expect(answer.packetID == 0xBEEF)
        let none = ReasonCode.noSubscriptionExisted
        #expect(answer.reasons == (version == .v5 ? [.success, none, none, none, none] : []))
        // a/b still matches a/+, the others are untouched.
        for topic in ["a/b", "A/b", "caf\u{e9}"] { stage.publish(writer, topic, topic) }
        #expect(stage.publishes(id).map(\.text) == ["a/b", "A/b", "caf\u{e9}"])
        stage.send(.unsubscribe(Unsubscribe(packetID: 1, filters: [topicFilter("a/+")])), from: id)
        stage.publish(writer, "a/b", "x", qos: .exactlyOnce)
        #expect(stage.publishes(id) == [])
    }

    // covers: MQTT-3.10.4-4 (5.0), MQTT-3.10.4-5 (5.0), MQTT-3.10.4-4 (3.1.1), MQTT-3.10.4-5 (3.1.1)
    @Test func answersWhoEndsWhatItNeverBegan() {
        let new = stage.client("new")
        stage.send(hex("A2 [ 0102 {} <a> ]"), from: new)
        #expect(stage.takeBytes(new) == hex("B0 [ 0102 {} 11 ]"))
        let old = stage.client("old", version: .v311)
        stage.send(hex("A2 [ 0102 <a> ]"), from: old)
        #expect(stage.takeBytes(old) == hex("B0 02 0102"))
    }

    /// 3.1.1 knows no shares: what 5.0 takes for a broken one is a filter like any other.
    // covers: MQTT-3.8.4-1 (3.1.1), MQTT-4.8.2-1 (5.0)
    @Test func takesABrokenShareOfTheOldVersionForAName() {
        let old = stage.client("old", version: .v311)
        for (number, filter) in ["$share/a", "$share//a", "$share/+/a", "$share/g/"].enumerated() {
            stage.send(hex("82 [ 00\(hexDigits(number)) <\(filter)> 00 ]"), from: old)
            #expect(stage.takeBytes(old) == hex("90 03 00\(hexDigits(number)) 00"), "\(filter)")
        }
        stage.publish(stage.client("writer"), "$share/x/a", "heard")
        #expect(stage.publishes(old).map(\.text) == ["heard"])
        stage.send(hex("A2 [ 0009 <$share/+/a> ]"), from: old)
        #expect(stage.takeBytes(old) == hex("B0 02 0009"))
        let new = stage.client("new")
        stage.send(hex("82 [ 0001 {} <$share//a> 00 ]"), from: new)
        #expect(stage.closed.contains(new))
    }

    private func hexDigits(_ number: Int) -> String { "0\(number + 1)" }

    /// Each filter is answered as if it had come alone: with what is kept, at the QoS it asks for.
    // covers: MQTT-3.8.4-5 (5.0), MQTT-3.8.4-8 (5.0), MQTT-3.8.4-4 (3.1.1)
    @Test(arguments: bothVersions)
    func servesTheSameFilterTwiceInOnePacket(_ version: ProtocolVersion) {
        stage.publish(stage.client("writer"), "t", "x", qos: .exactlyOnce, retain: true)
        let id = stage.client("a", version: version)
        let both = [QoS.atMostOnce, .exactlyOnce].map { Subscription(filter: topicFilter("t"), maximumQoS: $0) }
        stage.subscribe(id, packetID: 1, both)
        #expect(stage.publishes(id).map(\.qos) == [.atMostOnce, .exactlyOnce])
    }

    /// What was begun is ended: the handshakes of messages under way go on after UNSUBSCRIBE.
    // covers: MQTT-3.10.4-3 (5.0), MQTT-3.10.4-3 (3.1.1)
    @Test(arguments: bothVersions)
    func endsWhatItBegunAfterUnsubscribe(_ version: ProtocolVersion) {
        let id = stage.client("a", version: version, cleanStart: false, properties: kept(version))
        let writer = stage.client("writer")
        _ = stage.subscribe(id, "t", qos: .exactlyOnce)
        stage.publish(writer, "t", "1", qos: .atLeastOnce, packetID: 1)
        stage.publish(writer, "t", "2", qos: .exactlyOnce, packetID: 2)
        #expect(stage.publishes(id).map(\.text) == ["1", "2"])
        stage.send(.unsubscribe(Unsubscribe(packetID: 9, filters: [topicFilter("t")])), from: id)
        _ = stage.take(id)
        stage.send(.pubRec(Acknowledgement(packetID: 2)), from: id)
        #expect(stage.take(id) == [.pubRel(Acknowledgement(packetID: 2))])
        stage.end(id)
        let again = stage.client("a", version: version, cleanStart: false, properties: kept(version))
        let packets = stage.take(again)
        guard packets.count == 2, case .publish(let first) = packets[0] else { return #expect(Bool(false)) }
        #expect(first.text == "1" && first.duplicate && first.packetID == 1)
        #expect(packets[1] == .pubRel(Acknowledgement(packetID: 2)))
    }

    /// The same filter again changes its options and nothing else; retained messages come again, and none is lost.
    // covers: MQTT-3.8.4-3 (5.0), MQTT-3.8.4-4 (5.0), MQTT-3.3.1-9 (5.0), MQTT-3.8.4-3 (3.1.1)
    @Test(arguments: bothVersions)
    func replacesTheSubscriptionToTheSameFilter(_ version: ProtocolVersion) {
        let writer = stage.client("writer")
        stage.publish(writer, "t", "kept", retain: true)
        let id = stage.client("a", version: version, cleanStart: false, properties: kept(version))
        #expect(stage.subscribe(id, "t", qos: .atMostOnce) == [.success])
        #expect(stage.publishes(id).map(\.text) == ["kept"])
        stage.say(writer, "t", "1", qos: .exactlyOnce)
        stage.subscribe(id, packetID: 2, [Subscription(filter: topicFilter("t"), maximumQoS: .atLeastOnce)])
        let packets = stage.take(id)
        guard packets.count == 3, case .publish(let before) = packets[0], case .publish(let again) = packets[2] else {
            return #expect(Bool(false), "\(packets)")
        }
        #expect(packets[1] == .subAck(SubAck(packetID: 2, reasons: [.grantedQoS1])))
        #expect(before.text == "1" && !before.retain)
        #expect(again.text == "kept" && again.retain)
        stage.say(writer, "t", "2", qos: .exactlyOnce)
        let second = stage.drain(id)
        #expect(second.map(\.text) == ["2"], "one subscription, one copy")
        #expect(second.map(\.qos) == [.atLeastOnce])
        stage.send(.unsubscribe(Unsubscribe(packetID: 3, filters: [topicFilter("t")])), from: id)
        stage.say(writer, "t", "3", qos: .exactlyOnce)
        #expect(stage.publishes(id) == [], "there was one, and it is gone")
    }

    /// Messages that wait in the session are not thrown away by subscribing anew.
    // covers: MQTT-3.8.4-4 (5.0), MQTT-3.8.4-3 (3.1.1)
    @Test func losesNothingThatWaits() {
        let id = stage.client("a", properties: [.receiveMaximum(1)])
        let writer = stage.client("writer")
        _ = stage.subscribe(id, "t", qos: .atLeastOnce)
        for number in 1...4 as ClosedRange<UInt16> {
            stage.publish(writer, "t", "\(number)", qos: .atLeastOnce, packetID: number)
        }
        let first = stage.publishes(id)
        stage.subscribe(id, packetID: 7, [Subscription(filter: topicFilter("t"), maximumQoS: .exactlyOnce)])
        stage.send(.pubAck(Acknowledgement(packetID: first[0].packetID)), from: id)
        #expect(first.map(\.text) + stage.drain(id).map(\.text) == ["1", "2", "3", "4"])
    }

    // covers: MQTT-3.8.4-8 (5.0), MQTT-3.3.5-1 (3.1.1), MQTT-3.8.4-6 (3.1.1), MQTT-3.3.4-2 (5.0), MQTT-3.8.4-7 (5.0)
    // covers: MQTT-3.8.4-5 (3.1.1)
    @Test(arguments: bothVersions)
    func deliversAtTheLesserOfWhatWasGrantedAndPublished(_ version: ProtocolVersion) {
        let all: [QoS] = [.atMostOnce, .atLeastOnce, .exactlyOnce]
        let writer = stage.client("writer")
        for granted in all {
            for other in all {
                for published in all {
                    let id = stage.client("a", version: version)
                    #expect(stage.subscribe(id, "t", qos: granted) == [.granted(granted)])
                    stage.say(writer, "t", "x", qos: published)
                    #expect(stage.publishes(id).map(\.qos) == [min(granted, published)])
                    // Where filters overlap the greater one counts.
                    _ = stage.subscribe(id, "+", qos: other)
                    stage.say(writer, "t", "x", qos: published)
                    #expect(stage.publishes(id).map(\.qos) == [min(max(granted, other), published)])
                    stage.end(id)
                }
            }
        }
    }

    /// The same client is the same client on its next connection too.
    // covers: MQTT-3.8.3-3 (5.0)
    @Test func knowsItsOwnMessagesByTheClient() {
        let id = stage.client("a", cleanStart: false, properties: kept(.v5))
        let other = stage.client("b")
        _ = stage.subscribe(id, "t", qos: .atLeastOnce, noLocal: true)
        stage.publish(id, "t", "mine", qos: .atLeastOnce)
        stage.publish(other, "t", "yours", qos: .atLeastOnce)
        #expect(stage.publishes(id).map(\.text) == ["yours"])
        stage.end(id)
        let again = stage.client("a", cleanStart: false, properties: kept(.v5))
        #expect(stage.drain(again).map(\.text) == ["yours"])
        stage.publish(again, "t", "mine too", qos: .atLeastOnce)
        #expect(stage.publishes(again) == [])
    }

    /// The standard does not say whether No Local holds for what a client finds kept for a topic. Here it does not, as
    /// in Mosquitto: a retained message is its topic's and has no publisher any more.
    @Test func findsItsOwnMessageWhereItIsKept() {
        let id = stage.client("a")
        stage.say(id, "t", "kept", qos: .atMostOnce, retain: true)
        _ = stage.subscribe(id, "t", noLocal: true)
        #expect(stage.publishes(id).map(\.text) == ["kept"])
        stage.say(id, "t", "again", qos: .atMostOnce, retain: true)
        #expect(stage.publishes(id) == [], "on its way it is still its publisher's")
    }

    /// A message goes to the sessions of all who match, whether they are there or not, and to no others.
    // covers: MQTT-4.5.0-1 (5.0), MQTT-3.3.2-3 (5.0), MQTT-4.5.0-1 (3.1.1), MQTT-3.3.2-3 (3.1.1), MQTT-3.1.2-5 (3.1.1)
    @Test(arguments: bothVersions)
    func reachesAllWhoMatch(_ version: ProtocolVersion) {
        let filters = ["a/b", "a/+", "a/#", "#", "+/b", "a/b/#", "b", "a", "a/b/+", "A/b", "+", "/a/b"]
        let matching = Set(["a/b", "a/+", "a/#", "#", "+/b", "a/b/#"])
        let writer = stage.client("writer")
        var readers: [(filter: String, id: ConnectionID)] = []
        for filter in filters {
            let id = stage.client("reader \(filter)", version: version, cleanStart: false, properties: kept(version))
            _ = stage.subscribe(id, filter, qos: .atLeastOnce)
            readers.append((filter, id))
        }
        stage.publish(writer, "a/b", "1", qos: .atLeastOnce)
        for (filter, id) in readers {
            #expect(stage.drain(id).map(\.text) == (matching.contains(filter) ? ["1"] : []), "\(filter)")
            stage.end(id)
        }
        stage.publish(writer, "a/b", "2", qos: .atLeastOnce)
        for filter in filters {
            let id = stage.client("reader \(filter)", version: version, cleanStart: false, properties: kept(version))
            let messages = stage.drain(id)
            #expect(messages.map(\.text) == (matching.contains(filter) ? ["2"] : []), "\(filter)")
            #expect(messages.allSatisfy { $0.topic == topicName("a/b") })
        }
    }

    /// Workers have no wildcards; the request is refused and says so in the way of the version.
    // covers: MQTT-3.8.3-2 (3.1.1)
    @Test func refusesWildcardsWhereThereAreNone() {
        for version in bothVersions {
            let id = stage.client("\(Cast.worker)", .worker(pool: Cast.pool), version: version)
            for filter in ["#", "+/+/+/+", "spacelift/readonly/\(Cast.pool)/+"] {
                let verdict = stage.subscribe(id, filter)
                #expect(verdict == [version == .v5 ? .notAuthorized : .unspecifiedError], "\(filter)")
            }
            #expect(!stage.closed.contains(id))
        }
    }
}
