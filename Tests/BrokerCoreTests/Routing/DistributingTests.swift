import AdminProtocol
import MQTT
import Testing

@testable import BrokerCore

/// What becomes of a message that somebody wants and there is no room for.
@Suite struct DistributingTests {
    /// [T-24]
    @Test func countsAMessageThatFoundNoRoomOnce() {
        var limits = Limits()
        limits.queued = 3
        let stage = Stage(BrokerConfiguration(limits: limits))
        let reader = stage.client("reader", cleanStart: false, properties: kept(.v5))
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        stage.end(reader)
        let writer = stage.client("writer")
        for number in 0..<8 { stage.say(writer, "t", "\(number)", qos: .atLeastOnce) }
        stage.pass(0.1)
        stage.withBroker { broker, _ in
            let record = broker.observatory.client(of: .open, clientID: Array("reader".utf8))
            #expect(record.dropped == 5)
            #expect(broker.observatory.pulse.dropped == 5)
            let told = broker.observatory.events.newestFirst.filter { $0.what == .dropped }
            #expect(told.map(\.detail) == ["5 messages not delivered"])
        }
        let again = stage.client("reader", cleanStart: false, properties: kept(.v5))
        #expect(stage.drain(again).map(\.text) == ["0", "1", "2"])
    }
}
