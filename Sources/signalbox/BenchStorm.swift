import AdminProtocol
import ArgumentParser
import Authority
import BrokerCore
import Fleet
import Glibc
import MQTT
import MQTTTransport
import NIOCore
import NIOPosix

/// `signalbox bench storm`: everybody loses the broker at once and comes back. [X-14, G-9]
struct BenchStorm: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storm", abstract: "How fast workers are back after the broker was away.",
        discussion: """
            Connects workers, ends the broker (killed, or stopped with --graceful), starts it again and measures until \
            the last is back and subscribed. With --tls they are workers of a pool with certificates; without, clients \
            of the open listener. An operator asks beside them all the time.
            """)

    @Option(help: "Workers.")
    var connections = 10_000

    @Flag(help: "Over TLS, with the access of workers.")
    var tls = false

    @Flag(help: "Stop the broker as a deploy does, rather than kill it.")
    var graceful = false

    @Option(help: "How long to wait at most.")
    var seconds = 60

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        try check("--connections", connections, in: 1...60_000)
        try check("--seconds", seconds, in: 1...3_600)
    }

    func run() throws {
        Descriptors.raiseLimit()
        let broker = try BenchBroker()
        defer { broker.stop() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        defer { try? group.syncShutdownGracefully() }
        // A loop that calls timers off at no cost: with ten thousand clients, the bench would else be what is measured.
        let reactor = try Reactor()
        defer { try? reactor.syncShutdownGracefully() }
        let storm = try storm(broker, on: reactor)
        let before = try storm.connect()
        try storm.expectLoss()
        let lost = NIODeadline.now()
        try broker.restart(graceful ? SIGTERM : SIGKILL)
        let away = NIODeadline.now() - lost
        let operators = OperatorProbe(broker.socket, on: group.next())
        operators.begin()
        let outcome = try storm.awaitReturn(seconds: Int64(seconds))
        let slowest = operators.end()
        let spent = broker.cpuSeconds
        storm.end()
        BenchReport(
            [
                ("connected_before", .int(Int64(before))), ("back", .int(Int64(outcome.back))),
                ("broker_away_s", .double(Double(away.nanoseconds) / 1e9)),
                ("failed_attempts", .int(Int64(outcome.failed))),
                ("half_back_s", .double(Double(outcome.durations.percentile(0.5)) / 1e9)),
                ("all_back_s", .double(Double(outcome.durations.last ?? 0) / 1e9)),
                ("operator_slowest_ms", .double(Double(slowest) / 1e6)), ("broker_cpu_s", .double(spent)),
                ("broker_resident_bytes", .int(broker.resident)),
            ]
        ).print(json: json)
    }

    private func storm(_ broker: BenchBroker, on loop: any EventLoop) throws -> ReconnectStorm {
        let ids = (0..<connections).map { _ in ULIDGenerator.make().description }
        guard tls else {
            return ReconnectStorm(broker.target, ids: ids, topics: ids.map { "storm/\($0)" }, on: loop)
        }
        let authority = try Authority(in: broker.directory)
        let key = try KeyPair()
        let endpoint = Endpoint(host: "localhost", port: broker.tlsPort)
        let issued = try Registrar(authority).addPool(named: "storm", for: key.request, endpoint: endpoint)
        // The broker looks twice a second who is new.
        sleep(2)
        let papers = try ClientTLS(
            certificate: Array(issued.certificate.pem.utf8), key: Array(key.privateKeyPEM.utf8),
            trust: Array(authority.workers.certificatePEM.utf8), serverName: "localhost")
        return ReconnectStorm(
            .tls(host: "127.0.0.1", port: broker.tlsPort, papers), ids: ids,
            topics: ids.map { "spacelift/readonly/\(issued.pool.id)/\($0)" }, on: loop)
    }
}

/// An operator who asks again and again, and remembers the longest wait for an answer.
private final class OperatorProbe: @unchecked Sendable {
    private let client: MQTTClient
    private var slowest: Int64 = 0
    private var isOver = false

    init(_ socket: String, on loop: any EventLoop) {
        client = MQTTClient(.unix(path: socket), ClientOptions(clientID: "probe"), on: loop)
    }

    func begin() {
        client.run { _ in self.connect() }
    }

    /// Nanoseconds.
    func end() -> Int64 {
        (try? client.loop.submit {
            self.isOver = true
            self.client.disconnect()
            return self.slowest
        }.wait()) ?? 0
    }

    private func connect() {
        let start = NIODeadline.now()
        client.connect { result in
            guard case .success = result else { return self.again { self.connect() } }
            self.waited(since: start)
            self.ask()
        }
    }

    private func ask() {
        let start = NIODeadline.now()
        client.subscribe([(Array(AdminTopic.stream.utf8), .atMostOnce)]) { result in
            guard case .success = result else { return }
            self.waited(since: start)
            self.again { self.ask() }
        }
    }

    private func waited(since start: NIODeadline) {
        slowest = max(slowest, (NIODeadline.now() - start).nanoseconds)
    }

    private func again(_ body: @escaping () -> Void) {
        guard !isOver else { return }
        let bound = NIOLoopBound(body, eventLoop: client.loop)
        client.loop.scheduleTask(in: .milliseconds(20)) { bound.value() }
    }
}
