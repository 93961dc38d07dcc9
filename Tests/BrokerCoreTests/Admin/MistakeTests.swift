import AdminProtocol
import BrokerCore
import MQTT
import Testing

/// Requests that no console of ours would send, and answers that somebody is owed. [AD-15]
@Suite struct MistakeTests {
    let stage = Stage()

    private func asks(_ id: ConnectionID, _ text: String) {
        stage.publish(id, "$CONTROL/broker/v1", text, qos: .atLeastOnce)
    }

    private func console() -> ConnectionID {
        let id = stage.client("console", .admin(name: "eve", role: .viewer))
        _ = stage.subscribe(id, "$CONTROL/broker/v1/response")
        return id
    }

    @Test func closesWhoAsksNonsenseMoreThanTenTimesAMinute() {
        let id = console()
        for _ in 0..<10 { asks(id, "{") }
        #expect(stage.publishes(id).count == 10)
        asks(id, "{")
        let last = stage.take(id)
        #expect(last.contains { if case .publish = $0 { true } else { false } })
        guard case .disconnect(let packet)? = last.last else { return #expect(Bool(false), "\(last)") }
        #expect(packet.reason == .quotaExceeded)
        #expect(stage.closed.contains(id))
    }

    @Test func forgivesAMistakeAfterSixSeconds() {
        let id = console()
        for _ in 0..<30 {
            asks(id, #"{"v":1,"id":"7","cmd":"explode"}"#)
            stage.pass(6)
        }
        #expect(!stage.closed.contains(id))
    }

    /// A filter is wrong until it is typed to its end.
    @Test func forgivesFiltersThatAreBeingTyped() {
        let id = console()
        for number in 0..<30 {
            asks(id, #"{"v":1,"id":"\#(number)","cmd":"workers.list","args":{"filter":"("}}"#)
        }
        #expect(stage.publishes(id).count == 30)
        #expect(!stage.closed.contains(id))
    }

    @Test func givesEveryAnswerToWhoReadsLate() {
        var limits = Limits()
        limits.outboxHigh = 64
        let stage = Stage(BrokerConfiguration(limits: limits))
        let id = stage.client("console", .admin(name: "eve", role: .viewer))
        _ = stage.subscribe(id, "$CONTROL/broker/v1/response")
        stage.stuck.insert(id)
        let both = (0..<2).flatMap { number in
            Packet.publish(
                Publish(
                    topic: TopicName("$CONTROL/broker/v1"),
                    payload: Array(#"{"v":1,"id":"\#(number)","cmd":"hello"}"#.utf8))
            ).encoded(.v5)
        }
        stage.send(both, from: id)
        stage.unstick(id)
        #expect(stage.publishes(id).count == 2)
    }

    @Test func logsWhatAKnownClientIsRefused() {
        let stage = Stage(BrokerConfiguration(logLevel: .warn))
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        _ = stage.subscribe(worker, "#")
        let line = stage.lines.last
        #expect(line?.message == "denied" && line?.level == .warn && line?.subsystem == .access)
        #expect(line?.fields.contains { $0 == ("rule", "subscribe.own-topic-only") } == true)
        #expect(line?.fields.contains { $0 == ("filter", "#") } == true)
    }
}
