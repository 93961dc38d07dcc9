import Glibc

/// A PostgreSQL of the ledger's own: a cluster in its place, started as a direct child.
///
/// Never the system's service, and not through `pg_ctl`: whoever starts a server that is killed must wait for it
/// himself, or its process stays and its successor refuses to start.
final class PostgresServer {
    let port: Int
    private let place: Place
    private let data: String
    private let programs: String
    private let user: String?
    private let options: [String]
    private var child: Child?
    private var isFrozen: [pid_t] = []

    /// Makes the cluster in a directory that is there already, so that it may be a file system of its own.
    init(in place: Place, directory: String, port: Int, options: [String] = [], initialise: [String] = []) throws {
        self.place = place
        self.port = port
        self.options = options
        data = directory + "/cluster"
        programs = try PostgresServer.programs()
        // PostgreSQL refuses to run as root.
        user = geteuid() == 0 ? "postgres" : nil
        if user != nil {
            guard let account = getpwnam("postgres") else { throw Skipped("there is no user postgres to run it as") }
            guard chown(directory, account.pointee.pw_uid, account.pointee.pw_gid) == 0 else {
                throw Failure("\(directory) cannot be given to postgres: \(String(cString: strerror(errno)))")
            }
        }
        _ = try Child.run(
            [
                programs + "/initdb", "-D", data, "-U", "signalbox", "-A", "trust", "-E", "UTF8", "--locale=C",
            ]
                + initialise,
            output: place.file("initdb.log"), user: user, atMost: 120_000_000)
    }

    func url(through port: Int? = nil) -> String {
        "postgresql://signalbox@127.0.0.1:\(port ?? self.port)/postgres"
    }

    func start() throws {
        child = try Child(
            [
                programs + "/postgres", "-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-c",
                "unix_socket_directories=", "-c", "fsync=on", "-c", "shared_buffers=32MB", "-c",
                // One call for all files: what is tried is the database, not the patience of a busy disk.
                "recovery_init_sync_method=syncfs",
            ] + options.flatMap { ["-c", $0] }, output: place.file("postgres.log"), user: user)
    }

    func waitUntilReady(atMost limit: Int64 = 60_000_000) throws {
        let came = try RunClock.wait(atMost: limit) {
            guard child?.ended() == nil else { throw Failure("postgres ended: \(lastWords)") }
            guard !isReady else { return true }
            // Each question costs it a process.
            RunClock.sleep(60_000)
            return false
        }
        guard came else { throw Failure("postgres is not ready after \(limit / 1_000_000) s: \(lastWords)") }
    }

    func startAgainIfEnded() throws {
        if child?.ended() != nil { try start() }
    }

    /// All its processes, at once. [X-03]
    func destroy() {
        guard let child else { return }
        // A postmaster that stands still starts no more of them.
        child.signal(SIGSTOP)
        let others = Children.descendants(of: child.pid)
        for pid in others { kill(pid, SIGKILL) }
        child.destroy()
        for pid in others { _ = RunClock.wait(atMost: 5_000_000) { waitpid(pid, nil, WNOHANG) != 0 } }
        self.child = nil
    }

    /// All its processes stand still until `thaw`. [X-09]
    func freeze() {
        guard let child else { return }
        child.signal(SIGSTOP)
        isFrozen = [child.pid] + Children.descendants(of: child.pid)
        for pid in isFrozen { kill(pid, SIGSTOP) }
    }

    func thaw() {
        for pid in isFrozen.reversed() { kill(pid, SIGCONT) }
        isFrozen = []
    }

    func stop() {
        thaw()
        guard let child else { return }
        child.signal(SIGINT)
        if child.waits(atMost: 20_000_000) == nil { destroy() }
        self.child = nil
    }

    /// What a statement answers, through PostgreSQL's own client.
    func ask(_ sql: String) throws -> String {
        try Child.run(
            [programs + "/psql", "-AtXq", "-v", "ON_ERROR_STOP=1", "-d", url(), "-c", sql],
            output: place.file("psql.out"), atMost: 300_000_000)
    }

    private var lastWords: String { String((Files.text(place.file("postgres.log")) ?? "").suffix(400)) }

    /// Whether it lets a session begin: it listens long before that.
    private var isReady: Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        guard Ports.call(connect, descriptor, port) else { return false }
        let body = [0, 3, 0, 0] + Array("user\0signalbox\0database\0postgres\0\0".utf8)
        let hello = [0, 0, 0, UInt8(body.count + 4)] + body
        guard send(descriptor, hello, hello.count, Int32(MSG_NOSIGNAL)) == hello.count else { return false }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 1_000) == 1 else { return false }
        var answer: UInt8 = 0
        guard recv(descriptor, &answer, 1, 0) == 1, answer == UInt8(ascii: "R") else { return false }
        let bye: [UInt8] = [UInt8(ascii: "X"), 0, 0, 0, 4]
        _ = send(descriptor, bye, bye.count, Int32(MSG_NOSIGNAL))
        return true
    }

    private static func programs() throws -> String {
        let versions = (9...30).reversed().map { "/usr/lib/postgresql/\($0)/bin" }
        if let found = versions.first(where: { access($0 + "/postgres", X_OK) == 0 }) { return found }
        if let path = Child.path(of: "postgres"), let slash = path.lastIndex(of: "/") { return String(path[..<slash]) }
        throw Skipped("PostgreSQL is not installed")
    }
}
