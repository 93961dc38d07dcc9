import BrokerCore
import MQTT
import Testing

@Suite struct RoutingTests {
    let stage = Stage()

    // covers: MQTT-2.2.1-2 (5.0), MQTT-4.3.1-1 (5.0), MQTT-2.3.1-5 (3.1.1), MQTT-4.3.1-1 (3.1.1)
    @Test(arguments: [ProtocolVersion.v311, .v5])
    func deliversWhatWasPublished(_ version: ProtocolVersion) {
        let reader = stage.client("reader", version: version)
        let writer = stage.client("writer", version: version)
        #expect(stage.subscribe(reader, "a/+", qos: .exactlyOnce) == [.grantedQoS2])
        stage.publish(writer, "a/b", "0")
        stage.publish(writer, "a/b", "1", qos: .atLeastOnce, packetID: 7)
        #expect(
            stage.take(reader) == [
                .publish(Publish(topic: topicName("a/b"), payload: [0x30])),
                .publish(Publish(topic: topicName("a/b"), payload: [0x31], qos: .atLeastOnce, packetID: 1)),
            ])
        #expect(stage.take(writer) == [.pubAck(Acknowledgement(packetID: 7))])
    }

    // covers: MQTT-4.2.0-1 (5.0)
    @Test func takesBytesInAnyPortions() {
        let reader = stage.client("reader")
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "#")
        var bytes: [UInt8] = []
        for number in 0..<20 {
            let payload = [UInt8](repeating: UInt8(number), count: number * 37)
            Packet.publish(Publish(topic: topicName("t"), payload: payload)).encode(into: &bytes, version: .v5)
        }
        for size in [1, 2, 3, 7, 64, 1_000, bytes.count] {
            var rest = bytes[...]
            while !rest.isEmpty {
                stage.send(Array(rest.prefix(size)), from: writer)
                rest = rest.dropFirst(size)
            }
            #expect(stage.publishes(reader).map(\.payload.count) == (0..<20).map { $0 * 37 })
        }
    }

    // covers: MQTT-3.3.4-2 (5.0), MQTT-3.3.4-3 (5.0), MQTT-3.3.4-4 (5.0)
    @Test func sendsOneCopyWithAllIdentifiersOfOverlappingSubscriptions() {
        let reader = stage.client("reader")
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "a/#", qos: .atMostOnce, properties: [.subscriptionIdentifier(3)])
        _ = stage.subscribe(reader, "a/b", qos: .atLeastOnce, properties: [.subscriptionIdentifier(300)])
        stage.publish(writer, "a/b", "x", qos: .exactlyOnce)
        let messages = stage.publishes(reader)
        #expect(messages.count == 1)
        #expect(messages.first?.qos == .atLeastOnce)
        #expect(messages.first?.properties.subscriptionIdentifiers.sorted() == [3, 300])
    }

    // covers: MQTT-3.8.3-3 (5.0)
    @Test func keepsNoLocalMessagesFromTheirSender() {
        let client = stage.client("client")
        _ = stage.subscribe(client, "a", noLocal: true)
        stage.publish(client, "a", "mine")
        #expect(stage.publishes(client) == [])
        _ = stage.subscribe(client, "+")
        stage.publish(client, "a", "mine")
        #expect(stage.publishes(client).map(\.text) == ["mine"])
    }

    @Test func goesRoundInASharedSubscription() {
        let one = stage.client("one")
        let two = stage.client("two")
        let writer = stage.client("writer")
        _ = stage.subscribe(one, "$share/g/jobs/#")
        _ = stage.subscribe(two, "$share/g/jobs/#")
        for number in 0..<6 { stage.publish(writer, "jobs/a", "\(number)") }
        #expect(stage.publishes(one).count == 3)
        #expect(stage.publishes(two).count == 3)
        stage.send(.disconnect(Disconnect()), from: two)
        for number in 0..<4 { stage.publish(writer, "jobs/a", "\(number)") }
        #expect(stage.publishes(one).count == 4)
    }

    // covers: MQTT-3.3.2-4 (5.0), MQTT-3.3.2-15 (5.0), MQTT-3.3.2-16 (5.0), MQTT-3.3.2-17 (5.0), MQTT-3.3.2-18 (5.0)
    // covers: MQTT-3.3.2-20 (5.0)
    @Test func passesPropertiesOnAsTheyCame() {
        let reader = stage.client("reader")
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t")
        let properties: Properties = [
            .userProperty(name: [0x61], value: [0x62]), .contentType(Array("text".utf8)),
            .userProperty(name: [], value: []),
            .responseTopic([0x72]), .correlationData([0, 1]), .payloadFormatIndicator(1),
        ]
        stage.publish(writer, "t", "x", properties: Properties(properties.list + [.topicAlias(4)]))
        #expect(stage.publishes(reader).map(\.properties) == [properties])
    }

    // covers: MQTT-3.2.2-17 (5.0), MQTT-3.3.2-9 (5.0), MQTT-3.3.2-12 (5.0)
    @Test func knowsATopicByItsAlias() {
        let reader = stage.client("reader")
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "#")
        stage.publish(writer, "a", "1", properties: [.topicAlias(1)])
        stage.publish(writer, "b", "2", properties: [.topicAlias(10)])
        stage.send(.publish(Publish(topic: nil, payload: [0x33], properties: [.topicAlias(1)])), from: writer)
        #expect(stage.publishes(reader).map { $0.topic } == [topicName("a"), topicName("b"), topicName("a")])
        stage.publish(writer, "b", "2", properties: [.topicAlias(11)])
        #expect(stage.closed.contains(writer))
        guard case .disconnect(let last) = stage.take(writer).last else { return #expect(Bool(false)) }
        #expect(last.reason == .topicAliasInvalid)
    }

    // covers: MQTT-3.3.2-5 (5.0), MQTT-3.3.2-6 (5.0)
    @Test func countsDownTheTimeAMessageHas() {
        let reader = stage.client(
            "reader", cleanStart: false, properties: [.sessionExpiryInterval(600)])
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        stage.end(reader)
        stage.publish(writer, "t", "short", qos: .atLeastOnce, properties: [.messageExpiryInterval(5)])
        stage.publish(writer, "t", "long", qos: .atLeastOnce, properties: [.messageExpiryInterval(100)])
        stage.pass(10)
        let again = stage.client(
            "reader", cleanStart: false, properties: [.sessionExpiryInterval(600)])
        let messages = stage.publishes(again)
        #expect(messages.map(\.text) == ["long"])
        #expect(messages.first?.properties.messageExpiryInterval == 90)
    }

    // covers: MQTT-4.7.2-1 (5.0), MQTT-4.7.2-1 (3.1.1)
    @Test func doesNotMatchDollarTopicsWithWildcards() {
        let reader = stage.client("reader")
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "#")
        _ = stage.subscribe(reader, "+/x")
        stage.publish(writer, "$hidden/x", "no")
        #expect(stage.publishes(reader) == [])
        _ = stage.subscribe(reader, "$hidden/#")
        stage.publish(writer, "$hidden/x", "yes")
        #expect(stage.publishes(reader).map(\.text) == ["yes"])
    }
}
