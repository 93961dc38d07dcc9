import BrokerCore
import MQTT
import Testing

/// The end of the broker as its clients see it. [T-72]
@Suite struct StoppingTests {
    let stage = Stage()

    private func told(_ ids: [ConnectionID]) -> Int {
        ids.count { id in stage.take(id).contains { if case .disconnect = $0 { true } else { false } } }
    }

    @Test func tellsAShareOfTheClientsWithEachStep() {
        let ids = (0..<100).map { stage.client("c\($0)") }
        stage.withBroker { broker, now in broker.stopping(over: 10_000, at: now) }
        #expect(told(ids) == 1)
        for _ in 0..<9 {
            stage.pass(1)
            #expect((9...11).contains(told(ids)))
        }
        stage.pass(1)
        _ = told(ids)
        #expect(ids.allSatisfy { stage.closed.contains($0) })
    }

    @Test func tellsEverybodyAtOnceWhenAskedAgain() {
        let ids = (0..<100).map { stage.client("c\($0)") }
        stage.withBroker { broker, now in broker.stopping(over: 10_000, at: now) }
        stage.withBroker { broker, now in broker.stoppingAtOnce(at: now) }
        #expect(told(ids) == 100)
    }

    @Test func saysWhereElseToGo() {
        let id = stage.client("new")
        let old = stage.client("old", version: .v311)
        stage.withBroker { broker, now in
            broker.stopping(insteadUse: Array("other.example.org:1984".utf8), at: now)
        }
        guard case .disconnect(let last)? = stage.take(id).last else { return #expect(Bool(false)) }
        #expect(last.reason == .useAnotherServer)
        #expect(last.properties.list == [.serverReference(Array("other.example.org:1984".utf8))])
        #expect(stage.take(old) == [] && stage.closed == [id, old])
    }

    @Test func letsNobodyInWhileItStops() {
        let ids = (0..<10).map { stage.client("c\($0)") }
        let half = stage.accept()
        stage.withBroker { broker, now in broker.stopping(over: 10_000, at: now) }
        #expect(stage.closed.contains(half))
        let late = stage.accept()
        #expect(stage.closed.contains(late))
        stage.publish(ids[9], "a", "goes on", qos: .atLeastOnce)
        guard case .pubAck? = stage.take(ids[9]).first else { return #expect(Bool(false)) }
    }

    @Test func waitsForTheLastPubAckOfAWorker() {
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        stage.publish(worker, Cast.writeonly, "{}", qos: .atLeastOnce)
        stage.withBroker { broker, now in broker.stopping(at: now) }
        #expect(!stage.closed.contains(worker) && stage.paused.contains(worker))
        stage.commit(1...1)
        stage.pass(0.1)
        let heard = stage.take(worker)
        guard case .pubAck? = heard.first, case .disconnect? = heard.last else {
            return #expect(Bool(false), "\(heard)")
        }
        #expect(stage.closed.contains(worker))
    }

    @Test func waitsForAStoreThatDoesNotCommitNoLongerThanASecond() {
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        stage.publish(worker, Cast.writeonly, "{}", qos: .atLeastOnce)
        stage.withBroker { broker, now in broker.stopping(at: now) }
        stage.pass(1.1)
        #expect(stage.closed.contains(worker))
    }
}
