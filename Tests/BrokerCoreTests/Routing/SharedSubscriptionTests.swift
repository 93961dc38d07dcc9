import BrokerCore
import MQTT
import Testing

/// Shared subscriptions: each message to one of the group, at what was granted to that one.
@Suite struct SharedSubscriptionTests {
    let stage = Stage()

    private func member(_ name: String, qos: QoS, properties: Properties = []) -> ConnectionID {
        let id = stage.client(name, cleanStart: false, properties: kept(.v5, properties))
        _ = stage.subscribe(id, "$share/g/t", qos: qos)
        return id
    }

    // covers: MQTT-4.8.2-3 (5.0), MQTT-3.8.4-8 (5.0)
    @Test func respectsWhatWasGrantedToEachMember() {
        let members = [
            member("one", qos: .atMostOnce), member("two", qos: .atLeastOnce), member("three", qos: .exactlyOnce),
        ]
        let writer = stage.client("writer")
        for number in 1...9 as ClosedRange<UInt16> {
            stage.publish(writer, "t", "\(number)", qos: .exactlyOnce, packetID: number)
        }
        var all: [String] = []
        for (member, granted) in zip(members, [QoS.atMostOnce, .atLeastOnce, .exactlyOnce]) {
            let messages = stage.drain(member)
            #expect(messages.count == 3)
            #expect(messages.allSatisfy { $0.qos == granted })
            all += messages.map(\.text)
        }
        #expect(all.sorted() == (1...9).map { "\($0)" }, "each message once")
    }

    /// A message of QoS 2 that one client has begun with is ended with that client.
    // covers: MQTT-4.8.2-4 (5.0)
    @Test func endsADeliveryWithTheClientItBegunWith() {
        let one = member("one", qos: .exactlyOnce)
        let writer = stage.client("writer")
        stage.publish(writer, "t", "x", qos: .exactlyOnce)
        #expect(stage.publishes(one).map(\.text) == ["x"])
        let two = member("two", qos: .exactlyOnce)
        stage.end(one)
        stage.pass(30)
        #expect(stage.publishes(two) == [])
        let again = stage.client("one", cleanStart: false, properties: kept(.v5))
        let messages = stage.drain(again)
        #expect(messages.map(\.text) == ["x"])
        #expect(messages.map(\.duplicate) == [true])
        #expect(stage.publishes(two) == [])
    }

    // covers: MQTT-4.8.2-5 (5.0)
    @Test func givesNobodyElseWhatAnEndedSessionHadOfQoS2() {
        let one = member("one", qos: .exactlyOnce)
        let writer = stage.client("writer")
        stage.publish(writer, "t", "x", qos: .exactlyOnce)
        #expect(stage.publishes(one).count == 1)
        let two = member("two", qos: .exactlyOnce)
        stage.send(.disconnect(Disconnect(properties: [.sessionExpiryInterval(0)])), from: one)
        stage.pass(1)
        #expect(stage.publishes(two) == [])
        stage.publish(writer, "t", "y", qos: .exactlyOnce, packetID: 2)
        #expect(stage.publishes(two).map(\.text) == ["y"])
    }

    /// What was sent and not acknowledged, and what waited behind it: both go to another, in order and as if new. While
    /// the client may still come back, nothing does. (section 4.8.2)
    @Test func givesAnotherWhatAnEndedSessionHadOfQoS1() {
        let one = member("one", qos: .atLeastOnce, properties: [.receiveMaximum(1)])
        let writer = stage.client("writer")
        for text in ["x", "y", "z"] { stage.say(writer, "t", text, qos: .atLeastOnce) }
        let sent = stage.publishes(one)
        #expect(sent.map(\.text) == ["x"])
        stage.send(.pubAck(Acknowledgement(packetID: sent[0].packetID)), from: one)
        #expect(stage.publishes(one).map(\.text) == ["y"])
        let two = member("two", qos: .atLeastOnce)
        stage.end(one)
        stage.pass(30)
        #expect(stage.publishes(two) == [])
        let again = stage.client("one", cleanStart: false, properties: kept(.v5, [.receiveMaximum(1)]))
        #expect(stage.publishes(again).map(\.text) == ["y"])
        stage.send(.disconnect(Disconnect(properties: [.sessionExpiryInterval(0)])), from: again)
        let left = stage.drain(two)
        #expect(left.map(\.text) == ["y", "z"])
        #expect(left.map(\.duplicate) == [false, false])
    }

    /// The last of a share leaves to nobody; and where it cannot be known which subscription brought a message, nobody
    /// gets a second copy.
    @Test func leavesNothingThatMayBeItsOwn() {
        let one = member("one", qos: .atLeastOnce, properties: [.receiveMaximum(1)])
        _ = stage.subscribe(one, "+", qos: .atLeastOnce)
        let writer = stage.client("writer")
        stage.say(writer, "t", "x", qos: .atLeastOnce)
        let two = member("two", qos: .atLeastOnce)
        stage.send(.disconnect(Disconnect(properties: [.sessionExpiryInterval(0)])), from: one)
        #expect(stage.drain(two) == [])
        stage.say(writer, "t", "y", qos: .atLeastOnce)
        stage.send(.disconnect(Disconnect(properties: [.sessionExpiryInterval(0)])), from: two)
        #expect(stage.drain(member("three", qos: .atLeastOnce)) == [])
    }

    // covers: MQTT-4.8.2-6 (5.0), MQTT-4.4.0-2 (5.0)
    @Test(arguments: [QoS.atLeastOnce, .exactlyOnce])
    func givesNobodyElseWhatAMemberRefused(_ qos: QoS) {
        let one = member("one", qos: qos)
        let writer = stage.client("writer")
        stage.publish(writer, "t", "x", qos: qos)
        let messages = stage.publishes(one)
        let two = member("two", qos: qos)
        let refusal = Acknowledgement(packetID: messages[0].packetID, reason: .quotaExceeded)
        stage.send(qos == .atLeastOnce ? .pubAck(refusal) : .pubRec(refusal), from: one)
        stage.pass(1)
        #expect(stage.take(one) == [])
        #expect(stage.publishes(two) == [])
        stage.end(one)
        let again = stage.client("one", cleanStart: false, properties: kept(.v5))
        #expect(stage.take(again) == [], "nor to itself again")
    }

    /// A subscription of one's own beside a share is another copy, each with the identifier of its subscription.
    // covers: MQTT-3.3.4-5 (5.0), MQTT-3.3.4-3 (5.0)
    @Test func marksEachCopyWithItsOwnSubscription() {
        let id = stage.client("a")
        _ = stage.subscribe(id, "$share/g/t", properties: [.subscriptionIdentifier(7)])
        _ = stage.subscribe(id, "t", properties: [.subscriptionIdentifier(9)])
        let writer = stage.client("writer")
        stage.publish(writer, "t", "x")
        let copies = stage.publishes(id)
        #expect(copies.map(\.properties.subscriptionIdentifiers).sorted { $0[0] < $1[0] } == [[7], [9]])
    }

    /// Two groups are two subscribers; the same client may be in both.
    // covers: MQTT-4.5.0-1 (5.0)
    @Test func servesEachGroup() {
        let one = stage.client("one")
        let two = stage.client("two")
        _ = stage.subscribe(one, "$share/g/t")
        _ = stage.subscribe(one, "$share/h/t")
        _ = stage.subscribe(two, "$share/h/+")
        let writer = stage.client("writer")
        stage.publish(writer, "t", "x")
        #expect(stage.publishes(one).count == 2)
        #expect(stage.publishes(two).count == 1, "another filter is another share")
    }
}
