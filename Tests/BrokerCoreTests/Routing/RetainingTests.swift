import BrokerCore
import MQTT
import Testing

/// What is kept for a topic, who gets it, and what RETAIN says on the way out.
@Suite struct RetainingTests {
    let stage = Stage()

    /// What a client that comes now finds kept for `topic`.
    private func found(_ topic: String, _ version: ProtocolVersion) -> [String] {
        let late = stage.client("late", version: version)
        _ = stage.subscribe(late, topic, qos: .exactlyOnce)
        let messages = stage.drain(late)
        #expect(messages.allSatisfy { $0.retain })
        stage.end(late)
        return messages.map(\.text)
    }

    // covers: MQTT-3.3.1-5 (5.0), MQTT-3.3.1-6 (5.0), MQTT-3.3.1-7 (5.0), MQTT-3.3.1-8 (5.0), MQTT-3.3.1-5 (3.1.1)
    // covers: MQTT-3.3.1-6 (3.1.1), MQTT-3.3.1-7 (3.1.1), MQTT-3.3.1-8 (3.1.1), MQTT-3.3.1-10 (3.1.1)
    // covers: MQTT-3.3.1-11 (3.1.1), MQTT-3.3.1-12 (3.1.1), MQTT-3.1.2-7 (3.1.1)
    @Test(arguments: bothVersions)
    func keepsTheLastMessageThatAskedForIt(_ version: ProtocolVersion) {
        var writer = stage.client("writer", version: version)
        stage.say(writer, "t", "1", qos: .exactlyOnce, retain: true)
        #expect(found("t", version) == ["1"])
        stage.say(writer, "t", "2", qos: .atMostOnce, retain: true)
        #expect(found("t", version) == ["2"], "of QoS 0 too")
        stage.say(writer, "t", "3", qos: .atLeastOnce)
        stage.say(writer, "t", "", qos: .atLeastOnce)
        #expect(found("t", version) == ["2"], "without RETAIN nothing is kept, replaced or cleared")
        stage.send(.disconnect(Disconnect()), from: writer)
        #expect(found("t", version) == ["2"], "it is not its sender's session")
        writer = stage.client("writer", version: version)
        let reader = stage.client("reader", version: version)
        _ = stage.subscribe(reader, "t", handling: .doNotSend)
        _ = stage.publishes(reader)
        stage.say(writer, "t", "", qos: .atLeastOnce, retain: true)
        #expect(stage.publishes(reader).map(\.text) == [""], "the empty message is sent to who is there")
        #expect(found("t", version) == [], "and not kept")
        stage.say(writer, "u", "", qos: .atMostOnce, retain: true)
        #expect(found("u", version) == [])
    }

    /// Nothing else has to happen for the rest to come.
    @Test(arguments: [QoS.atMostOnce, .atLeastOnce])
    func sendsAllThatIsKeptHoweverMuchItIs(_ qos: QoS) {
        let writer = stage.client("writer")
        let text = String(repeating: "x", count: 20_000)
        for number in 0..<100 { stage.say(writer, "t/\(number)", text, qos: .atLeastOnce, retain: true) }
        let late = stage.client("late")
        _ = stage.subscribe(late, "t/#", qos: qos)
        #expect(stage.drain(late).count == 100)
    }

    /// What comes all at once is not the fault of who reads it, nor is what comes meanwhile.
    @Test(arguments: [QoS.atMostOnce, .atLeastOnce])
    func sendsMoreThanMayWait(_ qos: QoS) {
        var limits = Limits()
        (limits.queued, limits.queuedBytes, limits.outboxHigh, limits.retained) = (10, 1_000, 500, 50)
        let stage = Stage(BrokerConfiguration(limits: limits))
        let writer = stage.client("writer")
        let text = String(repeating: "x", count: 100)
        for number in 0..<50 { stage.say(writer, "t/\(number)", text, qos: .atLeastOnce, retain: true) }
        let late = stage.client("late")
        stage.stuck.insert(late)
        stage.subscribe(late, packetID: 1, [Subscription(filter: topicFilter("t/#"), maximumQoS: qos)])
        for number in 0..<5 { stage.say(writer, "t/\(number)", "new", qos: .atLeastOnce) }
        stage.unstick(late)
        let messages = stage.drain(late)
        #expect(messages.count == 55 && messages.suffix(5).allSatisfy { $0.text == "new" && !$0.retain })
        #expect(!stage.closed.contains(late))
        // Who asks again and again, and reads nothing, is cut.
        stage.stuck.insert(late)
        for number in 1...3 as ClosedRange<UInt16> {
            stage.subscribe(late, packetID: number, [Subscription(filter: topicFilter("t/#"), maximumQoS: qos)])
        }
        #expect(stage.closed.contains(late))
    }

    /// A message that cannot be kept is not acknowledged as if it were.
    // covers: MQTT-3.3.1-5 (5.0)
    @Test func saysSoWhenItHasNoRoom() {
        var limits = Limits()
        limits.retained = 1
        let stage = Stage(BrokerConfiguration(limits: limits))
        let writer = stage.client("writer")
        stage.say(writer, "a", "x", qos: .atLeastOnce, retain: true)
        stage.publish(writer, "b", "x", qos: .atLeastOnce, retain: true)
        guard case .pubAck(let answer) = stage.take(writer).first else { return #expect(Bool(false)) }
        #expect(answer.reason == .quotaExceeded)
        stage.say(writer, "a", "y", qos: .atLeastOnce, retain: true)
        let old = stage.client("old", version: .v311)
        stage.publish(old, "b", "x", qos: .atLeastOnce, retain: true)
        #expect(stage.take(old) == [] && stage.closed.contains(old))
    }

    /// Messages that nobody gets any more take no room from others. [T-70]
    @Test func whatHasExpiredMakesRoom() {
        var limits = Limits()
        limits.retained = 100
        let stage = Stage(BrokerConfiguration(limits: limits))
        let writer = stage.client("writer")
        for number in 0..<100 {
            stage.publish(writer, "old/\(number)", "x", retain: true, properties: [.messageExpiryInterval(5)])
        }
        stage.publish(writer, "new", "x", qos: .atLeastOnce, retain: true)
        guard case .pubAck(let early) = stage.take(writer).first else { return #expect(Bool(false)) }
        #expect(early.reason == .quotaExceeded, "none has expired yet")
        stage.pass(6)
        for number in 0..<100 {
            stage.say(writer, "new/\(number)", "x", qos: .atLeastOnce, retain: true)
        }
        let late = stage.client("late")
        _ = stage.subscribe(late, "#")
        #expect(stage.drain(late).count == 100)
    }

    // covers: MQTT-3.3.1-9 (5.0), MQTT-3.3.1-10 (5.0), MQTT-3.3.1-11 (5.0)
    @Test func sendsWhatIsKeptWhenASubscriberAsksForIt() {
        let writer = stage.client("writer")
        stage.say(writer, "t", "x", qos: .atMostOnce, retain: true)
        let expected: [(Subscription.RetainHandling, first: Int, again: Int)] = [
            (.send, 1, 1), (.sendIfNew, 1, 0), (.doNotSend, 0, 0),
        ]
        for (handling, first, again) in expected {
            let reader = stage.client("reader", cleanStart: false, properties: kept(.v5))
            _ = stage.subscribe(reader, "t", handling: handling)
            #expect(stage.publishes(reader).count == first, "\(handling)")
            _ = stage.subscribe(reader, "t", qos: .atLeastOnce, handling: handling)
            #expect(stage.publishes(reader).count == again, "\(handling) again")
            // A session that is taken up again still has its subscription.
            stage.end(reader)
            let next = stage.client("reader", cleanStart: false, properties: kept(.v5))
            _ = stage.subscribe(next, "t", handling: handling)
            #expect(stage.publishes(next).count == again, "\(handling) after a return")
            stage.send(.unsubscribe(Unsubscribe(packetID: 1, filters: [topicFilter("t")])), from: next)
            _ = stage.take(next)
            _ = stage.subscribe(next, "t", handling: handling)
            #expect(stage.publishes(next).count == first, "\(handling) when it is new again")
            _ = stage.client("reader", cleanStart: true)
        }
    }

    // covers: MQTT-3.3.1-12 (5.0), MQTT-3.3.1-13 (5.0)
    @Test(arguments: [QoS.atMostOnce, .atLeastOnce, .exactlyOnce])
    func keepsOrClearsRetainAsTheSubscriberWants(_ qos: QoS) {
        let writer = stage.client("writer")
        let plain = stage.client("plain", cleanStart: false, properties: kept(.v5))
        let exact = stage.client("exact", cleanStart: false, properties: kept(.v5))
        _ = stage.subscribe(plain, "t", qos: qos)
        _ = stage.subscribe(exact, "t", qos: qos, retainAsPublished: true)
        for retain in [true, false] { stage.say(writer, "t", "x", qos: qos, retain: retain) }
        #expect(stage.drain(plain).map(\.retain) == [false, false])
        #expect(stage.drain(exact).map(\.retain) == [true, false])
        // The same for what waits in a session.
        guard qos != .atMostOnce else { return }
        stage.end(plain)
        stage.end(exact)
        for retain in [true, false] { stage.say(writer, "t", "x", qos: qos, retain: retain) }
        let names = ["plain", "exact"]
        let later = names.map { stage.client($0, cleanStart: false, properties: kept(.v5)) }
        #expect(later.map { stage.drain($0).map(\.retain) } == [[false, false], [true, false]])
    }

    // covers: MQTT-3.3.1-8 (3.1.1), MQTT-3.3.1-9 (3.1.1), MQTT-3.3.1-6 (3.1.1)
    @Test func tellsTheOldVersionWhatIsKeptFromWhatIsNew() {
        let writer = stage.client("writer", version: .v311)
        stage.say(writer, "t/1", "kept", qos: .atMostOnce, retain: true)
        let reader = stage.client("reader", version: .v311)
        _ = stage.subscribe(reader, "t/+")
        stage.say(writer, "t/1", "new", qos: .atMostOnce, retain: true)
        stage.say(writer, "t/2", "plain", qos: .atMostOnce)
        let messages = stage.publishes(reader)
        #expect(messages.map(\.text) == ["kept", "new", "plain"])
        #expect(messages.map(\.retain) == [true, false, false])
        _ = stage.subscribe(reader, "t/+")
        #expect(stage.publishes(reader).map(\.text) == ["new"], "a subscription made anew is new")
    }
}
