import BrokerCore
import MQTT
import Testing

@Suite struct RetainedTests {
    let stage = Stage()

    // covers: MQTT-3.3.1-5 (5.0), MQTT-3.3.1-12 (5.0)
    @Test func sendsTheLastMessageToANewSubscriber() {
        let writer = stage.client("writer")
        stage.publish(writer, "a/b", "old", retain: true)
        stage.publish(writer, "a/b", "new", retain: true)
        stage.publish(writer, "a", "parent", retain: true)
        stage.publish(writer, "$x", "hidden", retain: true)
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "a/#")
        let messages = stage.publishes(reader)
        #expect(messages.map(\.text) == ["parent", "new"], "in the order of their topics")
        #expect(!messages.contains { !$0.retain })
        _ = stage.subscribe(reader, "#")
        #expect(stage.publishes(reader).map(\.text) == ["parent", "new"])
        stage.publish(writer, "a/b", "live", retain: true)
        #expect(stage.publishes(reader).map(\.retain) == [false])
    }

    // covers: MQTT-3.3.1-6 (5.0), MQTT-3.3.1-7 (5.0)
    @Test func clearsWithAnEmptyMessage() {
        let writer = stage.client("writer")
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "a")
        stage.publish(writer, "a", "x", retain: true)
        stage.publish(writer, "a", "", retain: true)
        #expect(stage.publishes(reader).map(\.text) == ["x", ""])
        let late = stage.client("late")
        _ = stage.subscribe(late, "a")
        #expect(stage.publishes(late) == [])
    }

    // covers: MQTT-3.3.1-9 (5.0), MQTT-3.3.1-11 (5.0), MQTT-3.3.1-13 (5.0)
    @Test func obeysRetainHandlingAndRetainAsPublished() {
        let writer = stage.client("writer")
        stage.publish(writer, "a", "x", retain: true)
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "a", handling: .doNotSend)
        #expect(stage.publishes(reader).count == 0)
        _ = stage.subscribe(reader, "a", handling: .sendIfNew)
        #expect(stage.publishes(reader).count == 0)
        _ = stage.subscribe(reader, "a", retainAsPublished: true, handling: .send)
        #expect(stage.publishes(reader).count == 1)
        stage.publish(writer, "a", "y", retain: true)
        #expect(stage.publishes(reader).map(\.retain) == [true])
        _ = stage.subscribe(reader, "$share/g/a")
        #expect(stage.publishes(reader).count == 0)
    }

    // covers: MQTT-3.3.2-6 (5.0)
    @Test func letsAMessageExpire() {
        let writer = stage.client("writer")
        stage.publish(writer, "a", "x", retain: true, properties: [.messageExpiryInterval(10)])
        stage.pass(4)
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "a")
        #expect(stage.publishes(reader).map { $0.properties.messageExpiryInterval } == [6])
        stage.pass(7)
        _ = stage.subscribe(reader, "a")
        #expect(stage.publishes(reader) == [])
    }
}
