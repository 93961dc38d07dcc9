import AdminProtocol
import MQTT
import Testing

@testable import BrokerCore

/// What the broker does to whom fails again and again, and what it leaves alone. [T-22]
@Suite struct PenalisingTests {
    private let stage: Stage
    private let here = Source(address: [10, 0, 0, 1])
    private let there = Source(address: [10, 0, 0, 2])
    private let badWill = Will(topic: topicName("somewhere/else"), payload: [1])

    init() {
        var configuration = BrokerConfiguration()
        configuration.limits.failuresPerIdentity = 3
        stage = Stage(configuration)
    }

    /// One CONNECT of a worker; what it is told so far.
    private func dial(
        _ worker: ULID = Cast.worker, _ pool: ULID = Cast.pool, certificate: String = "a", from source: Source? = nil,
        version: ProtocolVersion = .v5, will: Will? = nil
    ) -> (id: ConnectionID, told: ReasonCode?) {
        let id = stage.accept(.worker(pool: pool), fingerprint: certificate, source: source ?? here)
        stage.send(.connect(Connect(version: version, clientID: clientID("\(worker)"), will: will)), from: id)
        return (id, told(id))
    }

    private func told(_ id: ConnectionID) -> ReasonCode? {
        guard case .connAck(let answer) = stage.take(id).first else { return nil }
        return answer.reason
    }

    private func denied(_ rule: String) -> Int64 {
        stage.withBroker { broker, _ in broker.observatory.deniedByRule[rule] ?? 0 }
    }

    @Test(arguments: [ProtocolVersion.v5, .v311])
    func isAnsweredLaterAndLater(_ version: ProtocolVersion) {
        for _ in 0..<3 { #expect(dial(version: version, will: badWill).told == .notAuthorized) }
        for penalty in [1, 2, 4] {
            let early = dial(version: version)
            #expect(early.told == nil && !stage.closed.contains(early.id), "nothing is said yet")
            #expect(stage.paused.contains(early.id), "and nothing read")
            stage.pass(Double(penalty) - 0.1)
            #expect(!stage.closed.contains(early.id))
            stage.pass(0.1)
            #expect(told(early.id) == (version == .v5 ? .connectionRateExceeded : .serverUnavailable))
            #expect(stage.closed.contains(early.id))
            #expect(dial(version: version, will: badWill).told == .notAuthorized, "now it was heard")
        }
        #expect(denied("connect.penalty") == 3)
    }

    /// It is let in at the end of its time, if it has mended its ways.
    @Test func isHeardWhenItsTimeIsOver() {
        for _ in 0..<3 { _ = dial(will: badWill) }
        #expect(dial().told == nil)
        stage.pass(1)
        #expect(dial().told == .success)
    }

    /// [T-31] Not in the next pod behind the same address, nor under the same id with other papers or from elsewhere.
    @Test func nobodyElseWaits() {
        for _ in 0..<3 { _ = dial(will: badWill) }
        #expect(dial().told == nil)
        #expect(dial(Cast.otherWorker).told == .success)
        #expect(dial(Cast.worker, Cast.otherPool, certificate: "b").told == .success)
        #expect(dial(from: there).told == .success)
    }

    /// Neither are those who are connected under that very name.
    @Test func whoIsConnectedStaysSo() {
        let good = dial()
        for _ in 0..<10 { _ = dial(will: badWill) }
        #expect(!stage.closed.contains(good.id))
        stage.publish(good.id, Cast.writeonly, "{}", qos: .atLeastOnce)
        #expect(stage.handOvers.count == 1)
    }

    /// [G-15] One waits for its answer, the others have theirs at once, and all are counted.
    @Test func ofAThousandAtOnceOneWaitsAndAllAreCounted() {
        for _ in 0..<3 { _ = dial(will: badWill) }
        let answers = (0..<1_000).map { _ in dial(will: badWill).told }
        #expect(answers.count { $0 == nil } == 1)
        #expect(answers.count { $0 == .connectionRateExceeded } == 999)
        #expect(denied("connect.penalty") == 1_000)
        #expect(denied("will.own-topic-only") == 3)
        stage.withBroker { broker, _ in
            let row = broker.observatory.denials.newestFirst.first
            #expect(row?.count == 1_000 && row?.denial.rule == "connect.penalty")
            #expect(row?.denial.outcome == "CONNACK 0x9F, connection closed")
            #expect(broker.observatory.events.last(5).contains { $0.reason == "it failed too often" })
        }
    }

    /// Who is let in and then breaks the rules, again and again, comes to the same.
    @Test func aLoopOfConnectionsThatEndInFaultsIsOneOfFailures() {
        let fault: [UInt8] = [0xC0, 1, 0]
        for _ in 0..<3 {
            let worker = dial()
            #expect(worker.told == .success)
            stage.send(fault, from: worker.id)
        }
        #expect(dial().told == nil)
    }

    /// What the broker is short of, or two who fight, are nobody's failure: they have answers of their own. [T-23, T-61]
    @Test func whatIsNotItsFaultCostsNothing() {
        stage.queueChanged("down")
        stage.pass(6)
        for _ in 0..<20 { #expect(dial().told == .serverBusy) }
        stage.queueChanged(nil)
        for _ in 0..<3 {
            let worker = dial()
            #expect(worker.told == .success)
            stage.end(worker.id, .failed("reset"))
        }
        #expect(dial().told == .success)
        #expect(denied("connect.penalty") == 0)
    }

    /// Suites and operators try what they like.
    @Test func whoProvesNothingHasNoName() {
        let bad: Properties = [.authenticationMethod(Array("x".utf8))]
        for _ in 0..<20 {
            let id = stage.accept(.open, source: here)
            stage.send(.connect(Connect(clientID: clientID("a"), properties: bad)), from: id)
            #expect(told(id) == .badAuthenticationMethod)
        }
        #expect(stage.withBroker { broker, _ in broker.penalties.count } == 0)
    }

    /// [T-02] Who waits for a refusal is no stranger, and an address pays for it once.
    @Test func whoWaitsTakesNoRoomAtTheDoor() {
        let knock = {
            self.stage.withBroker { broker, now in _ = broker.admission.verdict(on: self.here, at: now) }
        }
        for _ in 0..<4 {
            knock()
            _ = dial(will: badWill)
        }
        #expect(stage.withBroker { broker, _ in broker.admission.strangers } == 0)
        stage.pass(1)
        #expect(stage.withBroker { broker, _ in broker.admission.strangers } == 0)
        #expect(stage.withBroker { broker, _ in broker.connections.count } == 0)
    }

    /// A client that goes while it waits leaves nothing behind.
    @Test func whoGoesMeanwhileIsForgotten() {
        for _ in 0..<3 { _ = dial(will: badWill) }
        let waiting = dial()
        stage.end(waiting.id)
        #expect(stage.withBroker { broker, _ in broker.connections.count } == 0)
        stage.pass(1)
        #expect(told(waiting.id) == nil)
        #expect(stage.withBroker { broker, _ in broker.lateRefusals.count } == 0)
    }

    @Test func aStopWaitsForNobody() {
        for _ in 0..<3 { _ = dial(will: badWill) }
        let waiting = dial()
        stage.withBroker { broker, now in broker.stopping(at: now) }
        #expect(stage.closed.contains(waiting.id))
    }

    /// A certificate that is no longer good is shown again as soon as it is refused: its socket waits in silence.
    @Test func aBadCertificateIsTurnedAwayLaterAndLater() {
        func turnAway(_ certificate: String?) -> Int64 {
            stage.withBroker { broker, now in
                broker.turnedAway(
                    address: "10.0.0.1:1", from: here, fingerprint: certificate, reason: "unknown", at: now)
            }
        }
        // Of eight seconds it spends five with us, and three when it dials again.
        for expected in [0, 0, 1_000, 2_000, 4_000, 5_000, 3_000] as [Int64] {
            let patience = turnAway("bad")
            #expect(patience == expected)
            if patience > 0 { #expect(turnAway("bad") == 0, "one of them waits") }
            stage.pass(Double(patience) / 1_000)
        }
        #expect(stage.withBroker { broker, _ in broker.observatory.denials.total } == 12)
        for _ in 0..<10 { #expect(turnAway(nil) == 0) }
        #expect(turnAway("another") == 0)
    }
}
