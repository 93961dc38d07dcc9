import CProcess
import Glibc
import Ledger
import NIOCore
import NIOPosix

/// One run: a broker, its store and a crew under load; faults are made, and in the end everything is judged.
///
/// Driven from the main thread, which waits where it must.
final class Trial {
    struct Settings {
        var program: [String]
        /// The `signalbox` that asks a broker what it counted.
        var client: String
        var seed: UInt64
        var crew = Crew.Plan()
        /// Microseconds in which everything must be acknowledged after a fault.
        var patience: Int64 = 5_000_000
    }

    let settings: Settings
    let place: Place
    let clock = RunClock()
    let backend: any Backend
    let broker: BrokerChild
    let crew: Crew
    var dice: SeededDice
    private(set) var faults: [Evidence.Fault] = []
    private(set) var silences: [Evidence.Fault] = []
    /// From the kill to the first PUBACK after it, in microseconds.
    private(set) var recoveries: [Int64] = []
    private(set) var complaints: [String] = []
    /// File systems of this trial's own.
    var mounted: [String] = []
    var tolerated: Set<UInt8> = []
    private let group: MultiThreadedEventLoopGroup
    private var startedAt: Int64 = 0

    /// `data` makes the broker's data directory, `backend` its store; both in the place of this trial.
    init(
        _ settings: Settings, backend make: (Place, _ data: String) throws -> any Backend,
        data makeData: (Place) throws -> String = { try $0.directory("data") }
    ) throws {
        self.settings = settings
        dice = SeededDice(seed: settings.seed)
        place = try Place()
        do {
            let data = try makeData(place)
            let free = try Ports.free(2, using: &dice)
            let ports = (tls: free[0], open: free[1])
            let papers = try Papers(data: data, port: ports.tls)
            backend = try make(place, data)
            broker = BrokerChild(
                program: settings.program, client: settings.client, data: data, ports: ports,
                settings: backend.settings, place: place)
            group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            crew = try Crew(
                settings.crew, seed: dice.next(), ports: ports, papers: papers, books: place.directory("books"),
                clock: clock, on: group.next())
        } catch {
            place.leave()
            throw error
        }
    }

    /// Everything runs, and the first message is acknowledged.
    func start(under prefix: [String] = []) throws {
        try backend.start()
        try startBroker(under: prefix)
        crew.start()
        try awaitPromise(after: 0, "the first acknowledgement")
    }

    func startBroker(under prefix: [String] = []) throws {
        startedAt = clock.now()
        try broker.start(under: prefix)
        try broker.waitUntilListening()
    }

    func pass(_ microseconds: Int64) { RunClock.sleep(microseconds) }

    // MARK: Faults

    /// The broker dies, under load, and is started again; with `stumbles` it dies once more while it starts.
    func killBroker(stumbles: Bool = false) throws {
        let from = clock.now()
        broker.destroy()
        crew.mark(clock.now())
        if stumbles {
            try broker.start()
            pass(Int64(dice.below(60_000)))
            broker.destroy()
        }
        try startBroker()
        let to = clock.now()
        try awaitPromise(after: from, "an acknowledgement after the kill")
        ended("kill of the broker", from: from, to: to, forgets: true)
        recoveries.append((crew.now.firstPromise ?? clock.now()) - from)
    }

    /// Something else goes wrong for as long as `deed` takes; `recovery` says that this must be over when it returns.
    func fault(_ kind: String, _ deed: () throws -> Void) rethrows {
        let from = clock.now()
        try deed()
        ended(kind, from: from, to: clock.now())
    }

    /// `forgets` if the broker died of it.
    func ended(_ kind: String, from: Int64, to: Int64, forgets: Bool = false) {
        faults.append(Evidence.Fault(kind, from: from, to: to, forgets: forgets))
    }

    /// Nothing can have been committed in this time; what was on its way has a moment to arrive.
    func silent(_ kind: String, from: Int64, to: Int64, grace: Int64 = 250_000) {
        guard from + grace < to else { return }
        silences.append(Evidence.Fault(kind, from: from + grace, to: to))
    }

    /// What is wrong and no matter of the books.
    func complain(_ what: String) { complaints.append(what) }

    /// The run's time of a moment of the steady clock.
    func time(ofSteady moment: Int64) -> Int64 { clock.now() - (RunClock.steady() - moment) }

    func recovered(after span: Int64) { recoveries.append(span) }

    /// Waits for an acknowledgement on a connection that was opened after the crew's mark.
    func awaitPromise(after from: Int64, _ what: String, atMost limit: Int64 = 30_000_000) throws {
        let came = try RunClock.wait(atMost: limit) {
            guard broker.isRunning else { _ = try broker.listens(); return false }
            return crew.now.firstPromise != nil
        }
        guard came else { throw Failure("\(what) does not come within \(limit / 1_000_000) s") }
    }

    // MARK: The end

    /// Sees everything through, stops, reads the store and judges.
    func finish() throws -> Report {
        crew.hold()
        // What is late is for the judge to say; we wait a little longer than it allows.
        _ = RunClock.wait(atMost: settings.patience + 3_000_000) { crew.now.open == 0 }
        var count: BrokerChild.Status?
        if broker.isRunning { count = try broker.status() }
        try crew.stop()
        let orderly = broker.stop()
        let contents = try backend.stored()
        backend.stop()
        unmount()
        try? group.syncShutdownGracefully()
        var evidence = Evidence(
            books: try crew.books(), stored: contents.messages, foreign: contents.foreign, faults: faults,
            silences: silences,
            count: count.map {
                Evidence.Count(
                    epoch: contents.messages.last.map { String($0.epoch) } ?? "", since: startedAt,
                    committed: $0.committed, denied: $0.denied)
            }, patience: settings.patience)
        evidence.tolerated = tolerated
        let verdict = Judge.verdict(on: evidence)
        let report = Report(
            seed: settings.seed, store: backend.name, verdict: verdict, faults: faults.count,
            recoveries: recoveries.sorted(),
            complaints: complaints + (orderly ? [] : ["the broker did not stop as it was asked to"]))
        var kept = report
        if report.holds {
            place.leave()
        } else {
            try write(evidence, verdict)
            place.keep()
            kept.kept = place.path
        }
        return kept
    }

    /// Gives up: nothing stays but the place, if it must be looked at.
    func abandon(keeping: Bool) {
        broker.destroy()
        try? crew.stop()
        backend.stop()
        unmount()
        try? group.syncShutdownGracefully()
        if keeping { place.keep() } else { place.leave() }
    }

    /// What was in memory is gone with it; what was judged is in the books.
    private func unmount() {
        for directory in mounted { _ = cprocess_unmount(directory) }
        mounted = []
    }

    /// For a person who wants to know what went wrong.
    private func write(_ evidence: Evidence, _ verdict: Verdict) throws {
        let stored = evidence.stored.map { "\($0.key)\t\($0.id)\t\($0.pool)\t\($0.worker)\t\($0.digest)" }
        try Files.write(stored.joined(separator: "\n") + "\n", to: place.file("stored.tsv"))
        let faults = (evidence.faults + evidence.silences).map { "\($0.kind)\t\($0.from)\t\($0.to)" }
        try Files.write(faults.joined(separator: "\n") + "\n", to: place.file("faults.tsv"))
        let violations =
            verdict.violations.map { "\($0.invariant.rawValue)\t\($0.what)" } + complaints.map { "-\t\($0)" }
        try Files.write(violations.joined(separator: "\n") + "\n", to: place.file("violations.tsv"))
    }
}
