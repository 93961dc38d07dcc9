import Foundation
import Synchronization

/// A PostgreSQL server of a test's own, as a direct child: killed, frozen and started again by its own ids only.
///
/// Sendable so that several tests may share one; only a test that has it for itself starts, kills or freezes it.
package final class PostgresServer: @unchecked Sendable {
    /// Why there is none on this machine; nil if there is.
    package static let missing: String? =
        programs == nil ? "SKIPPED: no PostgreSQL server programs are installed (Debian: postgresql)" : nil

    private let directory: TemporaryDirectory
    private let settings: [String]
    private var process: ChildProcess?
    package let port: UInt16

    /// Makes a cluster and starts it; `settings` are `name=value` as in postgresql.conf, after safe ones.
    package init(_ settings: [String] = []) async throws {
        guard Self.programs != nil else { throw Overdue(description: Self.missing ?? "") }
        let directory = try TemporaryDirectory()
        Leftovers.note(folder: directory.path)
        self.directory = directory
        self.settings = settings
        // Who dials while it is away must not be given its port, and then keep it out or be connected to itself.
        port = try Loopback.lastingPort()
        let template = try await Self.template.value
        // The server's own user must get in; nobody else is told the name.
        chmod(directory.path, 0o755)
        let copied = try await ChildProcess.run("cp", ["-a", template.file("data"), directory.file("data")])
        guard copied.status == 0 else { throw Overdue(description: "copying a cluster: \(copied.errors)") }
        try await start()
    }

    deinit {
        kill()
    }

    /// Over TCP on loopback, as most databases are reached.
    package var url: String { url(database: "postgres") }

    package func url(database: String) -> String { "postgresql://signalbox@127.0.0.1:\(port)/\(database)" }

    package func start(_ more: [String] = []) async throws {
        guard let programs = Self.programs else { return }
        var arguments = ["-D", directory.file("data")]
        for setting in [
            "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=", "shared_buffers=16MB",
            "max_connections=30", "fsync=on", "full_page_writes=on", "max_wal_size=256MB", "logging_collector=off",
        ] + settings + more { arguments += ["-c", setting] }
        let (program, all) = Self.asServerUser(programs + "/postgres", arguments)
        let process = try ChildProcess(program, all)
        self.process = process
        Leftovers.note(process: process.identifier)
        // After a crash it syncs each of its files first.
        try await becomesTrue(within: .seconds(120), "PostgreSQL starts: \(process.errors)") {
            guard process.isRunning else { throw Overdue(description: "PostgreSQL ended: \(process.errors)") }
            return process.errors.contains("database system is ready to accept connections")
                || process.errors.contains("database system is ready to accept read-only connections")
        }
    }

    /// kill -9 of all its processes, as a loss of power would end them.
    package func kill() {
        let family = signalAll(SIGKILL)
        while process?.isRunning == true { usleep(1_000) }
        // Who waits for the disk dies only when that has answered, and none may start in his place before.
        let end = ContinuousClock.now + .seconds(60)
        while family.contains(where: Self.isAlive), ContinuousClock.now < end { usleep(1_000) }
        if let process { Leftovers.forget(process: process.identifier) }
        process = nil
    }

    /// Asks it to stop, by the signal of one of its ways: SIGINT for fast, SIGQUIT for immediate, SIGTERM for smart.
    package func stop(_ way: Int32) async throws {
        guard let process else { return }
        process.signal(way)
        _ = try await process.ended(within: .seconds(60))
        Leftovers.forget(process: process.identifier)
        self.process = nil
    }

    /// Ends it and goes on as a replica that was promoted would, on the next timeline. What it was before can be
    /// had back with `comeBack`.
    package func failOver() async throws {
        kill()
        let copied = try await ChildProcess.run("cp", ["-a", directory.file("data"), directory.file("before")])
        guard copied.status == 0 else { throw Overdue(description: "copying a cluster: \(copied.errors)") }
        try Data().write(to: URL(filePath: directory.file("data") + "/standby.signal"))
        try await start()
        try await sql("SELECT pg_promote()")
    }

    /// The primary that `failOver` replaced is there again in its place, or, the second time, its successor.
    package func comeBack() async throws {
        kill()
        let files = FileManager.default
        try files.moveItem(atPath: directory.file("data"), toPath: directory.file("aside"))
        try files.moveItem(atPath: directory.file("before"), toPath: directory.file("data"))
        try files.moveItem(atPath: directory.file("aside"), toPath: directory.file("before"))
        try await start()
    }

    /// Nothing of it answers any more, and its sockets stay open.
    package func freeze() { signalAll(SIGSTOP) }
    package func thaw() { signalAll(SIGCONT) }

    /// SQL as its administrator, through psql.
    @discardableResult
    package func sql(_ text: String) async throws -> String {
        let ended = try await ChildProcess.run(
            (Self.programs ?? "") + "/psql", ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", text, url])
        guard ended.status == 0 else { throw Overdue(description: "psql: \(ended.errors)") }
        return ended.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @discardableResult
    private func signalAll(_ number: Int32) -> Set<Int32> {
        guard let process, process.isRunning else { return [] }
        return Self.signalFamily(of: process.identifier, number)
    }

    /// Answers whom it found below the postmaster.
    @discardableResult
    fileprivate static func signalFamily(of postmaster: Int32, _ number: Int32) -> Set<Int32> {
        let known = children(of: postmaster)
        Glibc.kill(postmaster, number)
        let all = Set(known + children(of: postmaster))
        for child in all { Glibc.kill(child, number) }
        return all
    }

    /// Whether it is more than an entry that its new parent has not struck out yet.
    private static func isAlive(_ process: Int32) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
        let state = text.split(separator: ")").last?.split(separator: " ").first
        return state != "Z" && state != "X"
    }

    private static func children(of parent: Int32) -> [Int32] {
        let path = "/proc/\(parent)/task/\(parent)/children"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return text.split(separator: " ").compactMap { Int32($0) }
    }

    /// Where initdb and postgres are: Debian keeps them out of the PATH.
    private static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        let folders = versions.sorted(by: >).map { "\(root)/\($0)/bin" } + ["/usr/local/bin", "/usr/bin"]
        return folders.first { folder in
            ["initdb", "postgres", "psql"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
            }
        }
    }()

    /// One empty cluster for the whole run; each server gets a copy.
    private static let template = Task { () async throws -> TemporaryDirectory in
        let directory = try TemporaryDirectory()
        Leftovers.note(folder: directory.path)
        chmod(directory.path, 0o755)
        let data = directory.file("data")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
        if getuid() == 0 {
            guard let user = getpwnam("postgres") else { throw Overdue(description: "there is no user postgres") }
            chown(data, user.pointee.pw_uid, user.pointee.pw_gid)
        }
        let (program, arguments) = asServerUser(
            (programs ?? "") + "/initdb",
            ["-D", data, "-U", "signalbox", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"])
        let made = try await ChildProcess.run(program, arguments, within: .seconds(120))
        guard made.status == 0 else { throw Overdue(description: "initdb: \(made.errors)\(made.output)") }
        return directory
    }

    /// PostgreSQL refuses to run as root.
    private static func asServerUser(_ program: String, _ arguments: [String]) -> (String, [String]) {
        guard getuid() == 0 else { return (program, arguments) }
        return ("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program] + arguments)
    }
}

/// What a test run that shares a server would leave behind: ended and removed when the process exits.
private enum Leftovers {
    private struct List {
        var processes: Set<Int32> = []
        var folders: Set<String> = []
    }

    private static let list = Mutex(List())
    private static let atTheEnd: Void = {
        atexit {
            let left = Leftovers.list.withLock { $0 }
            for process in left.processes { PostgresServer.signalFamily(of: process, SIGKILL) }
            for folder in left.folders { try? FileManager.default.removeItem(atPath: folder) }
        }
    }()

    static func note(process: Int32) {
        _ = atTheEnd
        list.withLock { _ = $0.processes.insert(process) }
    }

    static func note(folder: String) {
        list.withLock { _ = $0.folders.insert(folder) }
    }

    static func forget(process: Int32) {
        list.withLock { _ = $0.processes.remove(process) }
    }
}
