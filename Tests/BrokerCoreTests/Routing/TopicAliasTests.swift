import BrokerCore
import MQTT
import TestSupport
import Testing

/// Numbers in place of topics: each side's own, and only while its connection stands.
@Suite struct TopicAliasTests {
    let stage = Stage()

    private func publish(_ id: ConnectionID, alias: UInt16, _ topic: String? = nil, _ text: String = "x") {
        stage.send(
            .publish(
                Publish(
                    topic: topic.map(topicName), payload: Array(text.utf8), properties: [.topicAlias(alias)])),
            from: id)
    }

    // covers: MQTT-3.3.2-12 (5.0)
    @Test func takesEveryAliasUpToItsMaximum() throws {
        let (id, answer) = stage.greet(Connect(clientID: clientID("a")))
        let most = try #require(answer?.properties.topicAliasMaximum)
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "#")
        for alias in 1...most { publish(id, alias: alias, "t/\(alias)") }
        for alias in 1...most { publish(id, alias: alias) }
        let topics = (1...most).map { topicName("t/\($0)") }
        #expect(stage.publishes(reader).map(\.topic) == topics + topics)
        // An alias may be given to another topic.
        publish(id, alias: most, "other")
        publish(id, alias: most)
        #expect(stage.publishes(reader).map(\.topic) == [topicName("other"), topicName("other")])
        #expect(!stage.closed.contains(id))
    }

    // covers: MQTT-3.2.2-17 (5.0), MQTT-3.3.2-9 (5.0), MQTT-3.3.2-8 (5.0)
    @Test func endsWhoUsesOneBeyond() throws {
        let most = try #require(
            stage.greet(Connect(clientID: clientID("a"))).answer?.properties.topicAliasMaximum)
        for wrong in [0, most + 1, .max] {
            let id = stage.client("b")
            publish(id, alias: wrong, "t")
            #expect(stage.goodbye(id) == .topicAliasInvalid, "\(wrong)")
            #expect(stage.closed.contains(id))
        }
    }

    // covers: MQTT-3.2.2-18 (5.0)
    @Test func takesNoneWhereThereAreNone() {
        var limits = Limits()
        limits.topicAliases = 0
        let stage = Stage(BrokerConfiguration(limits: limits))
        let (id, answer) = stage.greet(Connect(clientID: clientID("a")))
        #expect((answer?.properties.topicAliasMaximum ?? 0) == 0)
        stage.publish(id, "t", "x", properties: [.topicAlias(1)])
        #expect(stage.goodbye(id) == .topicAliasInvalid)
    }

    // covers: MQTT-3.3.2-7 (5.0)
    @Test func forgetsAliasesWithTheConnection() {
        let first = stage.client("a", cleanStart: false, properties: kept(.v5))
        let other = stage.client("b")
        publish(first, alias: 1, "t")
        publish(other, alias: 1)
        #expect(stage.goodbye(other) == .protocolError, "an alias is its own client's")
        stage.end(first)
        let again = stage.client("a", cleanStart: false, properties: kept(.v5))
        publish(again, alias: 1)
        #expect(stage.goodbye(again) == .protocolError, "and its own connection's")
    }

    /// What the broker sends by alias, if it does: within what the client takes, and never unknown to it.
    // covers: MQTT-3.1.2-26 (5.0), MQTT-3.1.2-27 (5.0), MQTT-3.3.2-11 (5.0), MQTT-3.3.2-7 (5.0)
    @Test(arguments: [nil, 0, 1, 3, 65_535] as [UInt16?])
    func sendsOnlyAliasesTheClientTakes(_ most: UInt16?) {
        let properties = kept(.v5, most.map { [.topicAliasMaximum($0)] } ?? [])
        var reader = stage.client("reader", cleanStart: false, properties: properties)
        _ = stage.subscribe(reader, "#", qos: .atLeastOnce)
        let writer = stage.client("writer")
        var random = SeededRandom(seed: UInt64(most ?? 99))
        var known: [UInt16: TopicName] = [:]
        var sent: [String] = []
        var seen: [String] = []
        func read() {
            for message in stage.drain(reader) {
                var topic = message.topic
                if let alias = message.properties.topicAlias {
                    #expect(alias >= 1 && alias <= most ?? 0, "\(alias)")
                    if let topic { known[alias] = topic } else { topic = known[alias] }
                }
                #expect(topic.map { String(decoding: $0.bytes, as: UTF8.self) } == message.text)
                seen.append(message.text)
            }
        }
        for step in 0..<200 {
            let topic = "t/\(Int.random(in: 0..<6, using: &random))"
            stage.say(writer, topic, topic, qos: step % 2 == 0 ? .atMostOnce : .atLeastOnce)
            sent.append(topic)
            if step % 7 == 0 { read() }
            if step == 100 {
                read()
                stage.end(reader)
                known = [:]
                reader = stage.client("reader", cleanStart: false, properties: properties)
            }
        }
        read()
        #expect(seen == sent)
    }
}
