import CProcess
import Glibc
import Ledger
import Synchronization

/// One fault, made once or for a while under load, with everything that must be true of it.
enum FaultStory: String, CaseIterable {
    case fullDisk = "full-disk"
    case failingSync = "failing-fsync"
    case killAtSync = "kill-at-fsync"
    case heldStore = "held-store"
    case fullDiskOfPostgres = "full-disk-postgres"
    case heldCommit = "held-commit"
    case lostAnswer = "lost-answer"
    case lostCommit = "lost-commit"
    case frozenPostgres = "frozen-postgres"

    var store: Store {
        switch self {
        case .fullDisk, .failingSync, .killAtSync, .heldStore: .sqlite
        case .fullDiskOfPostgres, .heldCommit, .lostAnswer, .lostCommit, .frozenPostgres: .postgres
        }
    }

    var title: String {
        switch self {
        case .fullDisk: "the disk is full [X-07]"
        case .failingSync: "fdatasync fails from some point on [X-06]"
        case .killAtSync: "kill at the N-th fdatasync, one after another [X-02]"
        case .heldStore: "another program holds the store [X-09]"
        case .fullDiskOfPostgres: "PostgreSQL's disk is full [X-07]"
        case .heldCommit: "the answer to COMMIT is held back for 3 s [X-04]"
        case .lostAnswer: "committed, and the answer is lost [X-04]"
        case .lostCommit: "the connection breaks before COMMIT [X-04]"
        case .frozenPostgres: "PostgreSQL stands still [X-09]"
        }
    }

    /// How long things stand still in `heldStore` and `frozenPostgres`, in microseconds.
    func play(_ settings: Trial.Settings, frozen span: Int64) throws -> Report {
        switch self {
        case .fullDisk: try Stories.fullDisk(settings)
        case .failingSync: try Stories.failingSync(settings)
        case .killAtSync: try Stories.killAtSync(settings)
        case .heldStore: try Stories.heldStore(settings, span)
        case .fullDiskOfPostgres: try Stories.fullDiskOfPostgres(settings)
        case .heldCommit: try Stories.trick(settings, .holdAnswer(3_000_000))
        case .lostAnswer: try Stories.trick(settings, .loseAnswer)
        case .lostCommit: try Stories.trick(settings, .loseRequest)
        case .frozenPostgres: try Stories.frozenPostgres(settings, span)
        }
    }
}

enum Stories {
    /// Makes a trial, plays in it, and judges; whatever happens, nothing of it is left running.
    static func play(
        _ settings: Trial.Settings, backend: (Place, _ data: String) throws -> any Backend,
        data: (Place) throws -> String = { try $0.directory("data") }, _ body: (Trial) throws -> Void
    ) throws -> Report {
        let trial = try Trial(settings, backend: backend, data: data)
        do {
            try body(trial)
            return try trial.finish()
        } catch let skipped as Skipped {
            trial.abandon(keeping: false)
            throw skipped
        } catch {
            trial.abandon(keeping: true)
            throw Failure("\(error) (evidence in \(trial.place.path))")
        }
    }

    // MARK: SQLite

    static func failingSync(_ settings: Trial.Settings) throws -> Report {
        try play(settings, backend: { SQLiteBackend(data: $1) }) { trial in
            let trace = trial.place.file("strace.log")
            try trial.start(under: try strace("error=EIO:when=25+", writing: trace))
            guard let failed = RunClock.first(within: 30_000_000, { injection(in: trace) }) else {
                throw Failure("no fdatasync was made to fail")
            }
            let from = trial.time(ofWall: failed)
            try awaitTrouble(trial, "the failing disk")
            trial.pass(1_000_000)
            trial.broker.destroy()
            trial.silent("failing fdatasync", from: from, to: trial.clock.now(), grace: 500_000)
            trial.crew.mark(trial.clock.now())
            try trial.startBroker()
            trial.ended("failing fdatasync", from: from, to: trial.clock.now(), forgets: true)
            try trial.awaitPromise(after: from, "an acknowledgement from a disk that works again")
            trial.pass(500_000)
        }
    }

    static func killAtSync(_ settings: Trial.Settings) throws -> Report {
        try play(settings, backend: { SQLiteBackend(data: $1) }) { trial in
            try trial.backend.start()
            trial.crew.start()
            for number in 1...12 {
                let from = trial.clock.now()
                let trace = trial.place.file("strace-\(number).log")
                try trial.broker.start(under: try strace("signal=SIGKILL:when=\(number)", writing: trace))
                guard RunClock.wait(atMost: 60_000_000, until: { !trial.broker.isRunning }) else {
                    throw Failure("the broker lives beyond fdatasync \(number)")
                }
                trial.broker.destroy()
                trial.ended("kill at fdatasync \(number)", from: from, to: trial.clock.now(), forgets: true)
            }
            trial.crew.mark(trial.clock.now())
            try trial.startBroker()
            try trial.awaitPromise(after: 0, "an acknowledgement after the last kill")
            trial.ended("last start", from: trial.clock.now(), to: trial.clock.now())
            trial.pass(500_000)
        }
    }

    static func heldStore(_ settings: Trial.Settings, _ span: Int64) throws -> Report {
        try play(watchful(settings), backend: { SQLiteBackend(data: $1) }) { trial in
            guard let store = trial.backend as? SQLiteBackend else { return }
            try trial.start()
            trial.pass(500_000)
            try still(trial, "held store", span) {
                try store.hold()
            } end: {
                store.release()
            }
        }
    }

    static func fullDisk(_ settings: Trial.Settings) throws -> Report {
        var mounted = ""
        return try play(settings, backend: { SQLiteBackend(data: $1) }) {
            mounted = try smallDisk($0, "data", megabytes: 48)
            return mounted
        } _: { trial in
            trial.mounted.append(mounted)
            try trial.start()
            trial.pass(500_000)
            let from = trial.clock.now()
            try fill(mounted)
            try awaitSilence(trial)
            try awaitTrouble(trial, "the full disk")
            trial.pass(1_000_000)
            unlink(mounted + "/filler")
            try back(trial, "full disk", from: from)
        }
    }

    // MARK: PostgreSQL

    static func trick(_ settings: Trial.Settings, _ trick: CommitProxy.Trick) throws -> Report {
        try play(settings, backend: { place, _ in try PostgresBackend(in: place, proxied: true) }) { trial in
            guard let proxy = (trial.backend as? PostgresBackend)?.proxy else { return }
            try trial.start()
            trial.pass(500_000)
            proxy.arm(trick)
            guard let played = RunClock.first(within: 30_000_000, { proxy.played }) else {
                throw Failure("no commit came by")
            }
            let (from, to) = (trial.time(ofSteady: played.from), trial.time(ofSteady: played.to))
            trial.silent("held commit", from: from, to: to, grace: 500_000)
            trial.ended("trick on a commit", from: from, to: to)
            trial.pass(2_000_000)
        }
    }

    static func frozenPostgres(_ settings: Trial.Settings, _ span: Int64) throws -> Report {
        try play(watchful(settings), backend: { place, _ in try PostgresBackend(in: place) }) { trial in
            guard let server = (trial.backend as? PostgresBackend)?.server else { return }
            try trial.start()
            trial.pass(500_000)
            try still(trial, "frozen database", span) {
                server.freeze()
            } end: {
                server.thaw()
            }
        }
    }

    static func fullDiskOfPostgres(_ settings: Trial.Settings) throws -> Report {
        var mounted = ""
        return try play(
            settings,
            backend: { place, _ in
                mounted = try smallDisk(place, "postgres", megabytes: 112)
                return try PostgresBackend(
                    in: place, directory: mounted, options: ["max_wal_size=8MB", "min_wal_size=2MB"],
                    initialise: ["--wal-segsize=1"])
            }
        ) { trial in
            trial.mounted.append(mounted)
            guard let server = (trial.backend as? PostgresBackend)?.server else { return }
            try trial.start()
            trial.pass(500_000)
            let from = trial.clock.now()
            try fill(mounted)
            try awaitSilence(trial)
            trial.pass(1_000_000)
            unlink(mounted + "/filler")
            // It recovers by itself, unless its own recovery found no room either.
            try server.startAgainIfEnded()
            try server.waitUntilReady()
            try back(trial, "full disk", from: from)
        }
    }

    // MARK: Parts

    /// Nobody may be taken for dead while a store stands still.
    private static func watchful(_ settings: Trial.Settings) -> Trial.Settings {
        var settings = settings
        settings.crew.hasWills = true
        settings.crew.keepAlive = 10
        return settings
    }

    /// The store stands still for a while: nothing is acknowledged, nothing grows, nobody is reported dead.
    private static func still(
        _ trial: Trial, _ kind: String, _ span: Int64, begin: () throws -> Void, end: () -> Void
    ) throws {
        // After a minute the broker is to say that it is away.
        if span > 55_000_000 { trial.tolerated = [0x89, 0x03] }
        let before = trial.broker.resident
        var most = before
        let from = trial.clock.now()
        try begin()
        let held = trial.clock.now()
        var troubleSeen = false
        while trial.clock.now() < held + span {
            trial.pass(200_000)
            most = max(most, trial.broker.resident)
            if !troubleSeen, trial.clock.now() > held + 4_000_000 {
                troubleSeen = try trial.broker.status().trouble != nil
            }
        }
        let released = trial.clock.now()
        end()
        trial.silent(kind, from: held, to: released)
        if span > 5_000_000, !troubleSeen { trial.complain("the broker never said that its store is away") }
        if most - before > 64 << 20 {
            trial.complain("the broker grew by \((most - before) >> 20) MB while its store was away")
        }
        try back(trial, kind, from: from, to: released)
    }

    /// It works again: from now on everything has its time to be acknowledged.
    private static func back(_ trial: Trial, _ kind: String, from: Int64, to: Int64? = nil) throws {
        let to = to ?? trial.clock.now()
        trial.crew.mark(to, anyConnection: true)
        try trial.awaitPromise(after: to, "an acknowledgement after the \(kind)")
        trial.ended(kind, from: from, to: to)
        trial.recovered(after: (trial.crew.now.firstPromise ?? trial.clock.now()) - to)
        trial.pass(1_000_000)
    }

    /// Until no acknowledgement has come for a second.
    private static func awaitSilence(_ trial: Trial) throws {
        guard RunClock.wait(atMost: 60_000_000, until: { trial.clock.now() - trial.crew.now.lastPromise > 1_000_000 })
        else { throw Failure("messages are acknowledged for a minute after the disk was filled") }
    }

    /// The operator is told. [T-58]
    private static func awaitTrouble(_ trial: Trial, _ what: String) throws {
        let isTold = try RunClock.wait(atMost: 30_000_000) { try trial.broker.status().trouble != nil }
        if !isTold { trial.complain("the broker does not say that \(what) keeps it from committing") }
    }

    private static func strace(_ injection: String, writing trace: String) throws -> [String] {
        guard Child.knows("strace") else { throw Skipped("strace is not installed") }
        let watching = [
            "strace", "-f", "-qq", "-ttt", "-o", trace, "-e", "trace=fdatasync", "-e", "inject=fdatasync:\(injection)",
        ]
        guard (try? Child.run(watching + ["true"], output: trace + ".try")) != nil else {
            throw Skipped("strace may not interfere here")
        }
        return watching
    }

    /// When strace first put its hand in: microseconds since 1970.
    private static func injection(in trace: String) -> Int64? {
        guard let text = Files.text(trace),
            let line = text.split(separator: "\n").first(where: { $0.contains("(INJECTED)") })
        else { return nil }
        let words = line.split(separator: " ")
        return words.count > 1 ? Double(words[1]).map { Int64($0 * 1_000_000) } : nil
    }

    private static func smallDisk(_ place: Place, _ name: String, megabytes: Int) throws -> String {
        guard Children.hasOwnMounts.withLock({ $0 }) else {
            throw Skipped("mounting a small file system needs root")
        }
        let directory = try place.directory(name)
        guard cprocess_mount_memory(directory, UInt(megabytes) << 20) == 0 else {
            throw Skipped("a file system in memory cannot be mounted: \(String(cString: strerror(errno)))")
        }
        return directory
    }

    /// Until not one more byte can be written.
    private static func fill(_ directory: String) throws {
        let file = try Files.appending(directory + "/filler")
        defer { close(file) }
        while Files.write([UInt8](repeating: 0, count: 1 << 20), to: file) {}
        while Files.write([UInt8](repeating: 0, count: 512), to: file) {}
    }
}

extension RunClock {
    /// What `search` finds within so many microseconds.
    static func first<Found>(within limit: Int64, _ search: () throws -> Found?) rethrows -> Found? {
        var found: Found?
        _ = try wait(atMost: limit) {
            found = try search()
            return found != nil
        }
        return found
    }
}

extension Trial {
    /// The run's time of a moment of the clock on the wall, both in microseconds.
    func time(ofWall moment: Int64) -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return clock.now() - (Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000 - moment)
    }
}
