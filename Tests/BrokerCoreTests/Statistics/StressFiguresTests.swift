import MQTT
import Testing

@testable import BrokerCore

/// What operators are told while something is short: memory, a queue that commits, clients that read.
@Suite struct StressFiguresTests {
    private func figures(_ stage: Stage) -> Statistics {
        stage.withBroker { broker, now in broker.statistics(at: now) }
    }

    private func those(_ counts: [(name: String, count: Int64)]) -> [String] {
        counts.filter { $0.count > 0 }.map { "\($0.name) \($0.count)" }
    }

    @Test func areAllNoughtWhileNothingIsShort() {
        let figures = figures(Stage())
        #expect(figures.lateTurns == 0 && figures.congested == 0 && figures.queueTrouble == 0)
        let names = ["strangers", "strangers_of_address", "failures_of_address", "waiting_of_address"]
        #expect(figures.refused.map(\.name) == names)
        #expect(those(figures.refused) == [] && those(figures.paused) == [])
        #expect(those(figures.memorySteps) == ["none 1"])
    }

    /// A start that moved would look like another start; a reason that is counted from one hides its first from rates.
    @Test func areTheSameAtEveryLookUntilSomethingHappens() {
        let stage = Stage()
        let start = figures(stage)
        stage.pass(0.7)
        #expect(figures(stage).startedAt == start.startedAt && start.startedAt > 0)
        #expect(start.gone.map(\.name) == GoneReason.allCases.map(\.rawValue).sorted())
        #expect(start.gone.allSatisfy { $0.count == 0 })
        stage.end(stage.client("a"))
        #expect(figures(stage).gone.filter { $0.count > 0 }.map(\.name) == ["socket closed"])
    }

    @Test func countLateTurns() {
        let stage = Stage()
        stage.withBroker { broker, now in broker.late(by: 300, at: now) }
        #expect(figures(stage).lateTurns == 1)
    }

    /// [T-24, T-25, T-78]
    @Test func tellWhoDoesNotReadAndWhoWaitsForThem() {
        var limits = Limits()
        limits.patience = 60_000
        let stage = Stage(BrokerConfiguration(limits: limits))
        let reader = stage.client("reader")
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t")
        stage.stuck.insert(reader)
        for _ in 0..<5 { stage.publish(writer, "t", String(repeating: "x", count: 65_536)) }
        #expect(those(figures(stage).paused) == ["slow_subscriber 1"])
        stage.pass(13)
        #expect(figures(stage).congested == 1)
        stage.unstick(reader)
        stage.pass(1)
        #expect(figures(stage).congested == 0 && those(figures(stage).paused) == [])
    }

    @Test func tellWhoWaitsForTheQueueAndHowLongItWasAway() {
        let stage = Stage()
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        let trouble = QueueStatus(trouble: "gone")
        stage.withBroker { broker, now in broker.queueChanged(trouble, at: now) }
        for number in 1...100 as ClosedRange<UInt16> {
            stage.publish(worker, Cast.writeonly, "x", qos: .atLeastOnce, packetID: number)
        }
        #expect(those(figures(stage).paused) == ["queue 1"])
        stage.pass(2)
        #expect(figures(stage).queueTrouble == 2_000)
        stage.withBroker { broker, now in broker.queueChanged(QueueStatus(trouble: "still gone"), at: now) }
        stage.pass(1)
        stage.withBroker { broker, now in broker.queueChanged(QueueStatus(), at: now) }
        stage.pass(5)
        #expect(figures(stage).queueTrouble == 3_000)
        stage.withBroker { broker, now in broker.queueChanged(trouble, at: now) }
        stage.pass(0.5)
        #expect(figures(stage).queueTrouble == 3_500)
    }

    /// [T-70]
    @Test func tellHowMuchIsHeldOfHowMuchAndWhatIsDoneAboutIt() {
        var limits = Limits()
        limits.memory = 1_048_576
        let stage = Stage(BrokerConfiguration(limits: limits))
        let reader = stage.client("reader", cleanStart: false, properties: [.sessionExpiryInterval(600)])
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        stage.end(reader)
        let writer = stage.client("writer")
        for _ in 0..<80 {
            stage.publish(writer, "t", String(repeating: "x", count: 10_240), qos: .atLeastOnce)
            _ = stage.take(writer)
        }
        stage.pass(0.1)
        let figures = figures(stage)
        #expect(figures.memoryBudget == 1_048_576 && figures.held > 819_200)
        #expect(those(figures.memorySteps) == ["high 1"])
    }

    /// [T-02, T-22]
    @Test func countWhoIsRefusedAtTheDoorByReason() {
        var limits = Limits()
        limits.strangersPerSource = 2
        let stage = Stage(BrokerConfiguration(limits: limits))
        stage.withBroker { broker, now in
            for _ in 0..<5 { _ = broker.admission.verdict(on: Source(1), at: now) }
        }
        #expect(those(figures(stage).refused) == ["strangers_of_address 3"])
        #expect(figures(stage).strangers == 2)
    }
}
