import AdminProtocol
import Glibc

/// The broker that is judged, as a process that can be killed.
final class BrokerChild {
    /// What it counted since its start.
    struct Status {
        var committed: Int
        var pending: Int
        var denied: Int
        var trouble: String?
        /// Words of its alerts.
        var alerts: [String]
    }

    let data: String
    let port: Int
    let open: Int
    private let program: [String]
    private let client: String
    private let settings: [String: String]
    private let place: Place
    private var child: Child?
    /// Of the broker itself, which may be below the child.
    private(set) var pid: pid_t?

    /// `program` is what is run as a broker; `client` the `signalbox` that is asked about it.
    init(
        program: [String], client: String, data: String, ports: (tls: Int, open: Int), settings: [String: String],
        place: Place
    ) {
        self.program = program
        self.client = client
        self.data = data
        port = ports.tls
        open = ports.open
        self.settings = [
            "MQTT_BROKER_TYPE": "builtin", "MQTT_BROKER_ENDPOINT": "tls://localhost:\(ports.tls)",
            "SIGNALBOX_DATA_DIR": data, "MQTT_BROKER_BUILTIN_LOG_LEVEL": "error",
        ].merging(settings) { $1 }
        self.place = place
    }

    /// Starts it and does not wait; `prefix` is a program that watches it, such as strace.
    func start(under prefix: [String] = []) throws {
        pid = nil
        child = try Child(
            prefix + program + ["--open", "127.0.0.1:\(open)", "--open-queue"], environment: settings,
            output: place.file("broker.log"))
        if prefix.isEmpty { pid = child?.pid }
    }

    /// Whether it said that it listens, this start of it and not one before.
    func listens() throws -> Bool {
        guard let child else { return false }
        if let status = child.ended() {
            throw Failure("the broker ended with \(status): \(lastWords)")
        }
        guard let bytes = Files.bytes(data + "/listening.json"), let facts = try? JSON(parsing: bytes),
            let said = facts["pid"]?.int, let pid = pid_t(exactly: said)
        else { return false }
        guard pid == child.pid || Children.descendants(of: child.pid).contains(pid) else { return false }
        self.pid = pid
        return true
    }

    func waitUntilListening(atMost limit: Int64 = 60_000_000) throws {
        guard try RunClock.wait(atMost: limit, until: { try listens() }) else {
            throw Failure("the broker does not listen after \(limit / 1_000_000) s: \(lastWords)")
        }
    }

    var isRunning: Bool { child.map { $0.ended() == nil } ?? false }

    /// Its end in the middle of whatever it does.
    func destroy() {
        guard let child else { return }
        for descendant in Children.descendants(of: child.pid) { kill(descendant, SIGKILL) }
        child.destroy()
        // Who was below a watcher is ours now.
        if let pid, pid != child.pid { _ = RunClock.wait(atMost: 5_000_000) { waitpid(pid, nil, WNOHANG) != 0 } }
        self.child = nil
    }

    /// Its end as an operator would ask for it; false if it had to be forced.
    func stop() -> Bool {
        guard let child else { return true }
        if let pid { kill(pid, SIGTERM) }
        let status = child.waits(atMost: 30_000_000)
        if status == nil { destroy() }
        self.child = nil
        return status == 0
    }

    func status() throws -> Status {
        let text = try Child.run(
            [client, "status", "--json"], environment: settings, output: place.file("status.json"),
            atMost: 20_000_000)
        let json = try JSON(parsing: Array(text.utf8))
        guard let queue = json["queue"], let committed = queue["committed"]?.int, let pending = queue["pending"]?.int,
            let denied = json["denied"]?.int
        else { throw Failure("the broker's status lacks its counts: \(text.prefix(200))") }
        return Status(
            committed: Int(committed), pending: Int(pending), denied: Int(denied), trouble: queue["trouble"]?.string,
            alerts: (json["alerts"]?.array ?? []).compactMap { $0["text"]?.string })
    }

    /// Bytes of memory in use.
    var resident: Int {
        guard let pid, let text = Files.text("/proc/\(pid)/status") else { return 0 }
        for line in text.split(separator: "\n") where line.hasPrefix("VmRSS:") {
            return (Int(line.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0) * 1_024
        }
        return 0
    }

    private var lastWords: String {
        String((Files.text(place.file("broker.log")) ?? "").suffix(400))
    }
}
