import MQTT
import TestSupport
import Testing

@testable import BrokerCore

/// When absent sessions are looked at again, and that nothing is kept of those that are not.
@Suite struct DeadlinesTests {
    /// One that comes anew each second, each time with a session for a week, has one session.
    @Test func aSessionThatEndedBeforeItsTimeIsNotKeptUntilThen() {
        let stage = Stage()
        for _ in 0..<1_000 {
            stage.end(stage.client("a", properties: [.sessionExpiryInterval(604_800)]))
            stage.pass(0.1)
        }
        stage.withBroker { broker, _ in
            #expect(broker.sessions.count == 1)
            #expect(broker.deadlines.count < 100)
        }
    }

    /// Nor are many that all end together, however quiet it is afterwards.
    @Test func manySessionsThatEndTogetherAreForgottenAtOnce() {
        let stage = Stage()
        let names = (0..<1_000).map { "c\($0)" }
        for name in names { stage.end(stage.client(name, properties: [.sessionExpiryInterval(604_800)])) }
        for name in names { stage.end(stage.client(name)) }
        stage.pass(0.1)
        stage.withBroker { broker, _ in
            #expect(broker.sessions.isEmpty)
            #expect(broker.deadlines.count == 0)
        }
    }

    @Test func forgettingKeepsWhatIsDueInItsOrder() {
        let stage = Stage()
        var random = SeededRandom(seed: 5)
        var deadlines = Deadlines()
        var expected: [Int64] = []
        for number in 0..<500 {
            let name = clientID("c\(number)")
            let session = Session(
                key: SessionKey(.open, name), principal: .open, worker: nil,
                record: stage.withBroker { broker, _ in broker.observatory.client(of: .open, clientID: name.bytes) })
            session.expiresAt = Int64.random(in: 1...1_000, using: &random)
            deadlines.add(session, at: session.expiresAt)
            if Bool.random(using: &random) { session.wake += 1 } else { expected.append(session.expiresAt) }
        }
        deadlines.forgetVoid()
        #expect(deadlines.count == expected.count)
        var due: [Int64] = []
        while let session = deadlines.due(at: 1_000) { due.append(session.expiresAt) }
        #expect(due == expected.sorted())
    }
}
