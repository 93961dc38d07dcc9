import AdminProtocol
import Authority
import FoundationEssentials
import Glibc
import MQTTTransport
import NIOCore
import NIOPosix

/// A broker in a process of its own, so that its memory and its CPU can be told from the bench's.
final class BenchBroker {
    private(set) var pid: pid_t
    let port: Int
    /// Where workers connect with certificates.
    let tlsPort: Int
    private let place: DemoPlace
    private let openQueue: Bool
    private let store: [String]

    private static let sqlite = ["MESSAGE_QUEUE_TYPE=sqlite"]

    var directory: DataDirectory { place.directory }
    var socket: String { place.directory.path(of: "admin.sock") }

    var target: ClientTarget { .tcp(host: "127.0.0.1", port: port) }

    /// `store` is what `MESSAGE_QUEUE_TYPE` and its like are set to, beside the usual.
    init(openQueue: Bool = false, store: [String] = sqlite) throws {
        place = try DemoPlace(asked: nil, keep: false)
        self.openQueue = openQueue
        self.store = store
        (port, tlsPort) = (try FreePort.findLasting(), try FreePort.findLasting())
        pid = 0
        try start()
    }

    /// Runs `body` with a broker of its own and a loop for its clients; both are gone afterwards.
    static func measure(
        openQueue: Bool = false, store: [String] = sqlite, _ body: (BenchBroker, any EventLoop) throws -> Void
    ) throws {
        Descriptors.raiseLimit()
        let broker = try BenchBroker(openQueue: openQueue, store: store)
        defer { broker.stop() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        try body(broker, group.next())
    }

    /// Ends it with `signal`, and starts it again in the same place.
    func restart(_ signal: Int32) throws {
        kill(pid, signal)
        waitpid(pid, nil, 0)
        unlink(place.directory.path(of: "listening.json"))
        try start()
    }

    private func start() throws {
        pid = try BenchBroker.spawn(
            ["/proc/self/exe", "broker", "--open", "127.0.0.1:\(port)"] + (openQueue ? ["--open-queue"] : []),
            environment: [
                "MQTT_BROKER_TYPE=builtin", "MQTT_BROKER_ENDPOINT=localhost:\(tlsPort)",
                "SIGNALBOX_DATA_DIR=\(place.directory.path)",
            ] + store)
        for _ in 0..<200 {
            if BenchBroker.openPort(in: place.directory) != nil { return }
            guard waitpid(pid, nil, WNOHANG) == 0 else { break }
            usleep(50_000)
        }
        kill(pid, SIGKILL)
        place.leave()
        throw Exit.because("the broker to be measured did not start", code: 1)
    }

    func stop() {
        kill(pid, SIGTERM)
        waitpid(pid, nil, 0)
        place.leave()
    }

    /// Bytes of memory in use.
    var resident: Int64 {
        guard let status = try? File.read("/proc/\(pid)/status", atMost: 65_536) else { return 0 }
        for line in String(decoding: status, as: UTF8.self).split(separator: "\n") where line.hasPrefix("VmRSS:") {
            let digits = line.drop { !$0.isNumber }.prefix { $0.isNumber }
            return (Int64(digits) ?? 0) * 1_024
        }
        return 0
    }

    /// CPU seconds used so far, of all its threads.
    var cpuSeconds: Double {
        guard let line = try? File.read("/proc/\(pid)/stat", atMost: 65_536) else { return 0 }
        // The second field is the name, which may hold anything but ends with the last parenthesis.
        let text = String(decoding: line, as: UTF8.self)
        guard let name = text.lastIndex(of: ")") else { return 0 }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    }

    private static func spawn(_ arguments: [String], environment: [String]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer {
            for text in argv + envp { free(text) }
        }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, "/proc/self/exe", &actions, nil, argv, envp)
        guard failure == 0 else {
            throw Exit.because("no broker can be started: \(String(cString: strerror(failure)))", code: 1)
        }
        return pid
    }

    private static func openPort(in directory: DataDirectory) -> Int? {
        guard let bytes = try? directory.read("listening.json", atMost: 65_536), let facts = try? JSON(parsing: bytes),
            let open = facts["open"]?.string
        else { return nil }
        return open.split(separator: ":").last.flatMap { Int($0) }
    }
}
