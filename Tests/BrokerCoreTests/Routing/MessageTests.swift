import BrokerCore
import MQTT
import Testing

/// What of a message arrives, and for how long.
@Suite struct MessageTests {
    let stage = Stage()

    private static let properties: Properties = [
        .userProperty(name: Array("b".utf8), value: Array("1".utf8)), .payloadFormatIndicator(1),
        .contentType(Array("text/plain".utf8)), .userProperty(name: Array("a".utf8), value: []),
        .responseTopic(Array("reply/here".utf8)), .correlationData([0, 0xFF, 0]),
        .userProperty(name: Array("b".utf8), value: Array("0".utf8)),
    ]

    /// On every way a message can take: at once, kept for an absent client, retained, as a will.
    // covers: MQTT-3.3.2-4 (5.0), MQTT-3.3.2-15 (5.0), MQTT-3.3.2-16 (5.0), MQTT-3.3.2-17 (5.0), MQTT-3.3.2-18 (5.0)
    // covers: MQTT-3.3.2-20 (5.0), MQTT-3.1.3-10 (5.0)
    @Test func bringsItsPropertiesAlongUnchanged() {
        let reader = stage.client("reader", cleanStart: false, properties: kept(.v5))
        _ = stage.subscribe(reader, "#", qos: .atLeastOnce)
        let writer = stage.client(
            "writer", will: Will(topic: topicName("will"), payload: [0x77], properties: MessageTests.properties))
        stage.say(writer, "t", "now", qos: .atMostOnce, properties: MessageTests.properties)
        #expect(stage.publishes(reader).map(\.properties) == [MessageTests.properties])
        stage.end(reader)
        stage.say(writer, "t", "later", qos: .atLeastOnce, retain: true, properties: MessageTests.properties)
        let again = stage.client("reader", cleanStart: false, properties: kept(.v5))
        #expect(stage.drain(again).map(\.properties) == [MessageTests.properties])
        let late = stage.client("late")
        _ = stage.subscribe(late, "t")
        #expect(stage.publishes(late).map(\.properties) == [MessageTests.properties])
        stage.end(writer)
        #expect(stage.publishes(again).map(\.properties) == [MessageTests.properties])
        // A client of 3.1.1 gets the message without them.
        let old = stage.client("old", version: .v311)
        _ = stage.subscribe(old, "t")
        #expect(stage.publishes(old).map(\.text) == ["later"])
    }

    /// The whole seconds that are left are said; a copy whose time is over is not sent.
    // covers: MQTT-3.3.2-5 (5.0), MQTT-3.3.2-6 (5.0)
    @Test func hasLessTimeTheLongerItWaits() {
        let reader = stage.client("reader", cleanStart: false, properties: kept(.v5, [.receiveMaximum(1)]))
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        let writer = stage.client("writer")
        for seconds in [100, 5, 30, 0] as [UInt32] {
            stage.say(
                writer, "t", "\(seconds)", qos: .atLeastOnce, properties: [.messageExpiryInterval(seconds)])
        }
        let first = stage.publishes(reader)
        #expect(first.map(\.properties.messageExpiryInterval) == [100], "it did not wait")
        stage.pass(10)
        stage.send(.pubAck(Acknowledgement(packetID: first[0].packetID)), from: reader)
        let second = stage.publishes(reader)
        #expect(second.map(\.text) == ["30"], "the one of 5 seconds waited for its turn too long")
        #expect(second.map(\.properties.messageExpiryInterval) == [20])
        stage.end(reader)
        stage.say(writer, "t", "8", qos: .atLeastOnce, properties: [.messageExpiryInterval(8)])
        stage.pass(7)
        let again = stage.client("reader", cleanStart: false, properties: kept(.v5))
        #expect(stage.drain(again).last?.properties.messageExpiryInterval == 1)
    }

    /// A subscriber gets the identifiers of all its filters that match, and no others.
    // covers: MQTT-3.3.4-3 (5.0), MQTT-3.3.4-4 (5.0), MQTT-3.3.4-2 (5.0)
    @Test func namesTheSubscriptionsItCameFor() {
        let reader = stage.client("reader", cleanStart: false, properties: kept(.v5))
        for (filter, identifier) in [("a/#", 3), ("a/b", 268_435_455), ("b/#", 4)] {
            _ = stage.subscribe(
                reader, filter, qos: .atLeastOnce, properties: [.subscriptionIdentifier(identifier)])
        }
        _ = stage.subscribe(reader, "+/b")
        let writer = stage.client("writer")
        func identifiers(_ topic: String) -> [[Int]] {
            stage.say(writer, topic, "x", qos: .atLeastOnce)
            return stage.drain(reader).map { $0.properties.subscriptionIdentifiers.sorted() }
        }
        #expect(identifiers("a/b") == [[3, 268_435_455]])
        #expect(identifiers("a/c") == [[3]])
        #expect(identifiers("c/b") == [[]])
        // Subscribing anew without an identifier takes it away.
        _ = stage.subscribe(reader, "a/b", qos: .atLeastOnce)
        #expect(identifiers("a/b") == [[3]])
        // One that two subscriptions share comes twice.
        _ = stage.subscribe(reader, "a/+", qos: .atLeastOnce, properties: [.subscriptionIdentifier(3)])
        #expect(identifiers("a/b") == [[3, 3]])
    }
}
