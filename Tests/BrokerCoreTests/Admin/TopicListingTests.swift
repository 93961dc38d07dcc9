import MQTT
import Testing

@testable import BrokerCore

/// What the list of topics says of messages kept for them.
@Suite struct TopicListingTests {
    private func listed(_ stage: Stage) -> [String: Int] {
        stage.withBroker { broker, now in
            var retained: [String: Int] = [:]
            for shape in broker.observatory.topicSummaries(ofShape: nil, at: now) {
                retained[shape.shown] = shape.retained
            }
            return retained
        }
    }

    /// Whether or not anybody has looked for it since.
    @Test func showsNoKeptMessageWhoseTimeIsOver() {
        let stage = Stage()
        let writer = stage.client("writer")
        stage.publish(writer, "a/1", "x", retain: true, properties: [.messageExpiryInterval(10)])
        stage.publish(writer, "a/2", "x", retain: true)
        stage.pass(9.9)
        #expect(listed(stage) == ["a/+": 2])
        stage.pass(0.1)
        #expect(listed(stage) == ["a/+": 1], "nothing has let go of it yet")
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "a/#")
        #expect(stage.publishes(reader).count == 1)
        #expect(listed(stage) == ["a/+": 1])
        stage.publish(writer, "a/1", "y", retain: true)
        #expect(listed(stage) == ["a/+": 2])
        stage.publish(writer, "a/2", "", retain: true)
        #expect(listed(stage) == ["a/+": 1])
    }

    /// When there is no room, what has expired makes some.
    @Test func showsNoKeptMessageThatMadeRoomForAnother() {
        var limits = Limits()
        limits.retained = 3
        let stage = Stage(BrokerConfiguration(limits: limits))
        let writer = stage.client("writer")
        for number in 0..<3 {
            stage.publish(writer, "old/\(number)", "x", retain: true, properties: [.messageExpiryInterval(5)])
        }
        stage.pass(6)
        stage.publish(writer, "new/1", "x", retain: true)
        #expect(listed(stage) == ["old/+": 0, "new/+": 1])
    }

    /// The broker may forget what it knows of a topic to be quick, and find it again.
    @Test func knowsWhenAKeptMessageExpiresAfterItsTopicWasForgotten() {
        var limits = Limits()
        limits.topics = 1
        let stage = Stage(BrokerConfiguration(limits: limits))
        let writer = stage.client("writer")
        stage.publish(writer, "a/1", "x", retain: true, properties: [.messageExpiryInterval(10)])
        stage.publish(writer, "b/1", "x")
        stage.publish(writer, "a/1", "not kept")
        #expect(listed(stage) == ["a/+": 1, "b/+": 0])
        stage.pass(10)
        #expect(listed(stage) == ["a/+": 0, "b/+": 0])
    }
}
