import BrokerCore
import MQTT
import Testing

/// Topic aliases from the broker to a client that allows some.
@Suite struct AliasesOutTests {
    private let stage = Stage()

    private func reader(_ most: UInt16?, _ more: Properties = []) -> ConnectionID {
        var properties = more
        if let most { properties.append(.topicAliasMaximum(most)) }
        let id = stage.client("reader", properties: properties)
        _ = stage.subscribe(id, "#", qos: .exactlyOnce)
        return id
    }

    private func heard(_ id: ConnectionID) -> [(topic: String?, alias: UInt16?)] {
        stage.publishes(id).map { publish in
            (publish.topic.map { String(decoding: $0.bytes, as: UTF8.self) }, publish.properties.topicAlias)
        }
    }

    @Test func namesATopicOnceAndItsAliasFromThenOn() {
        let reader = reader(2)
        let writer = stage.client("writer")
        for topic in ["first", "second", "first", "third", "second"] { stage.publish(writer, topic, "x") }
        let heard = heard(reader)
        #expect(heard.map(\.topic) == ["first", "second", nil, "third", nil])
        #expect(heard.map(\.alias) == [1, 2, 1, nil, 2])
    }

    // covers: MQTT-3.1.2-26 (5.0), MQTT-3.1.2-27 (5.0), MQTT-3.3.2-9 (5.0), MQTT-3.3.2-11 (5.0)
    @Test(arguments: [nil, 0] as [UInt16?])
    func usesNoneForWhoAllowsNone(_ most: UInt16?) {
        let reader = reader(most)
        let writer = stage.client("writer")
        for _ in 0..<3 { stage.publish(writer, "topic", "x") }
        #expect(heard(reader).map(\.alias) == [nil, nil, nil])
    }

    /// The standard's word: aliases are of a network connection, whatever the session remembers.
    // covers: MQTT-3.3.2-7 (5.0)
    @Test func forgetsThemWithTheConnection() {
        let kept: Properties = [.topicAliasMaximum(5), .sessionExpiryInterval(60)]
        let first = stage.client("reader", cleanStart: false, properties: kept)
        _ = stage.subscribe(first, "#", qos: .atLeastOnce)
        let writer = stage.client("writer")
        stage.publish(writer, "topic", "1", qos: .atLeastOnce)
        stage.publish(writer, "topic", "2", qos: .atLeastOnce)
        #expect(heard(first).map(\.topic) == ["topic", nil])
        stage.end(first)
        let again = stage.client("reader", cleanStart: false, properties: kept)
        let heard = heard(again)
        #expect(heard.map(\.topic) == ["topic", nil])
        #expect(heard.map(\.alias) == [1, 1])
    }

    // covers: MQTT-3.1.2-24 (5.0)
    @Test func takesNoneWhereItMakesThePacketTooLarge() {
        let size = Packet.publish(Publish(topic: topicName("topic"), payload: Array("payload".utf8))).encoded(.v5).count
        let tight = reader(1, [.maximumPacketSize(UInt32(size))])
        let writer = stage.client("writer")
        stage.publish(writer, "topic", "payload")
        #expect(heard(tight).map(\.alias) == [nil])
        stage.publish(writer, "topic", "")
        stage.publish(writer, "topic", "payload")
        let heard = heard(tight)
        #expect(heard.map(\.topic) == ["topic", nil])
        #expect(heard.map(\.alias) == [1, 1])
    }

    @Test func passesOnWhatElseAMessageSays() {
        let reader = reader(1)
        let writer = stage.client("writer")
        let said: Properties = [.contentType(Array("text".utf8)), .userProperty(name: [0x61], value: [0x62])]
        for _ in 0..<2 {
            stage.publish(writer, "topic", "x", qos: .exactlyOnce, packetID: 5, properties: said)
            stage.send(.pubRel(Acknowledgement(packetID: 5)), from: writer)
        }
        #expect(
            stage.publishes(reader).map(\.properties.list) == Array(repeating: [.topicAlias(1)] + said.list, count: 2))
    }
}
