import AdminProtocol
import BrokerCore
import Testing

@testable import Fleet

struct BackendBehaviourTests {
    private static let start = Moment(nanoseconds: 0, wall: 1_763_800_000_000)
    private let cast = Cast(seed: 1, workers: 40)
    private var now = BackendBehaviourTests.start

    private func backend() -> BackendBehaviour {
        BackendBehaviour(cast, dice: Dice(seed: 1))
    }

    private func says(_ report: Report, _ worker: WorkerProfile) -> ([UInt8], [UInt8]) {
        let posture = Report.Posture(version: "1", drained: worker.drained)
        return (report.payload(posture: posture, timestamp: 1), Array(worker.writeTopic.utf8))
    }

    private func tell(_ backend: inout BackendBehaviour, _ report: Report, _ worker: WorkerProfile, at now: Moment) {
        let (payload, topic) = says(report, worker)
        backend.heard(payload, on: topic, at: now)
    }

    private func named(_ publication: BackendBehaviour.Publication) -> ULID? {
        switch Order(payload: publication.payload) {
        case .assign(let run, _), .stop(let run): run
        case nil: nil
        }
    }

    @Test func listensToAllThatWorkersSay() {
        #expect(backend().filter == "spacelift/writeonly/#")
    }

    @Test func givesRunsToAsManyAsThePoolUsuallyHasBusy() {
        var backend = backend()
        let workers = cast.pools[0].workers
        for worker in workers { tell(&backend, .registration(instance: "i", group: "g"), worker, at: now) }
        var assigned: Set<String> = []
        for tick in 1...60 {
            for publication in backend.elapsed(at: now.advanced(byMilliseconds: Int64(tick * 10))) {
                #expect(assigned.insert(publication.topic).inserted, "one run at a time")
            }
        }
        #expect(assigned.count == Int((Double(workers.count) * 0.8).rounded()))
        #expect(assigned.isSubset(of: Set(workers.map(\.readTopic))))
    }

    @Test func givesADrainedPoolNothing() {
        var backend = backend()
        for worker in cast.pools[1].workers {
            tell(&backend, .registration(instance: "i", group: "g"), worker, at: now)
        }
        for tick in 1...50 { #expect(backend.elapsed(at: now.advanced(byMilliseconds: Int64(tick * 100))) == []) }
    }

    @Test func asksASilentWorkerAgainEverySecondUntilItAnswers() throws {
        var backend = backend()
        let worker = cast.pools[0].workers[0]
        tell(&backend, .registration(instance: "i", group: "g"), worker, at: now)
        let first = try #require(backend.elapsed(at: now).first)
        let run = try #require(named(first))
        #expect(first.topic == worker.readTopic)
        #expect(backend.elapsed(at: now.advanced(byMilliseconds: 2_499)) == [])
        let second = try #require(backend.elapsed(at: now.advanced(byMilliseconds: 2_500)).first)
        #expect(Order(payload: second.payload) == .assign(run: run, attempt: 2))
        let third = try #require(backend.elapsed(at: now.advanced(byMilliseconds: 3_500)).first)
        #expect(Order(payload: third.payload) == .assign(run: run, attempt: 3))
        tell(&backend, .progress(run: run, phase: "PREPARING", percent: 0), worker, at: now)
        #expect(backend.elapsed(at: now.advanced(byMilliseconds: 4_600)).allSatisfy { named($0) != run })
    }

    @Test func givesASilentWorkerUpInTheEnd() {
        var backend = backend()
        tell(&backend, .registration(instance: "i", group: "g"), cast.pools[0].workers[0], at: now)
        let sent = (0..<400).reduce(0) {
            $0 + backend.elapsed(at: now.advanced(byMilliseconds: Int64($1) * 1_000)).count
        }
        #expect((90...92).contains(sent))
    }

    @Test func forgetsAWorkerThatIsGone() {
        var backend = backend()
        let worker = cast.pools[0].workers[0]
        tell(&backend, .registration(instance: "i", group: "g"), worker, at: now)
        tell(&backend, .gone(crashed: true), worker, at: now)
        #expect(backend.elapsed(at: now) == [])
    }

    @Test(arguments: ["", "a/b", "spacelift/writeonly/x/y", "spacelift/writeonly/01K91X9KE18W6YB2N4R0TV7QK2/x"])
    func isNotImpressedByNonsense(_ topic: String) {
        var backend = backend()
        backend.heard(Array(#"{"type":"registration"}"#.utf8), on: Array(topic.utf8), at: now)
        backend.heard(Array("nonsense".utf8), on: Array(cast.workers[0].writeTopic.utf8), at: now)
        #expect(backend.elapsed(at: now) == [])
    }
}
