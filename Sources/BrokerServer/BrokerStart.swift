import AWS
import AdminProtocol
import Authority
import BrokerCore
import Glibc
import Logging
import MQTTTransport
import MessageQueue
import NIOCore
import NIOPosix
import Synchronization

/// Everything that has to be opened before a broker runs, in order; what was opened is closed again if a later part fails.
final class BrokerStart {
    struct Parts {
        let reactor: Reactor
        let core: BrokerLoop
        let queue: QueueWriter
        let wills: WillKeeper
        let lock: DirectoryLock
        let log: ServerLog
        let listeners: [ListeningSocket]
        let endpoint: Endpoint
        let open: HostAndPort?
        let adminListen: HostAndPort?
        let health: Health
        let instrumentation: Instrumentation?
    }

    /// For the database, the registry, logs and operators: workers never get these. [T-71]
    private static let reservedDescriptors = 64

    let configuration: Configuration
    private let logs: LogOutput
    private let storing: BrokerServer.Storing
    private var undoing: [() -> Void] = []

    init(_ configuration: Configuration, logs: LogOutput, storing: @escaping BrokerServer.Storing) {
        self.configuration = configuration
        self.logs = logs
        self.storing = storing
    }

    func undo() {
        for step in undoing.reversed() { step() }
        undoing = []
    }

    func run() throws -> BrokerServer {
        if let open = configuration.open, !open.isLoopback {
            throw ConfigurationError(
                key: "--open", value: open.description,
                accepted: "accepted is a loopback address such as 127.0.0.1:1883, for whoever connects there is let in")
        }
        let directory = try DataDirectory(configuration.dataDirectory)
        let lock = try DirectoryLock(directory)
        undoing.append { lock.release() }
        let authority = try Authority(in: directory, files: configuration.papers)
        let log = ServerLog(logs, level: configuration.logLevel)
        undoing.append { log.close() }
        let door = try Doorkeeper(RegistryFile(in: directory), logger: log.logger(.access))

        let reactor = try Reactor()
        undoing.append { try? reactor.syncShutdownGracefully() }
        let instance = ULIDGenerator.make().description
        let health = Health()
        let core = BrokerLoop(
            coreConfiguration(instance), door: door, log: log, health: health,
            mostConnections: BrokerStart.mostConnections(),
            on: reactor)
        let opened = Opened()
        let instrumentation = try instrument(core, opened, health)
        let store = storing(try configuration.store.open(in: directory))
        // Each start has an epoch of its own: a ticket is never taken for one of an earlier start. [T-54]
        let queue = try QueueWriter(store, epoch: instance) { core.committed($0) }
        undoing.append { queue.stop() }
        let keeper = try TLSKeeper(configuration, logger: log.logger(.tls))
        let willStore = try WillStore(directory.path(of: "wills.sqlite"))
        if let warning = willStore.warning {
            log.logger(.queue).error("wills are missing", metadata: ["reason": "\(warning)"])
        }
        let recovered = try willStore.recover(at: BrokerClock().now.wall)
        let wills = try WillKeeper(willStore) { core.kept(upTo: $0) }
        undoing.append { wills.stop() }
        try core.loop.submit { core.start(queue, keeper, wills, recovered: recovered) }.wait()
        health.needs { queue.status.trouble == nil ? nil : "queue" }
        health.needs { wills.trouble == nil ? nil : "wills" }
        opened.queue = queue
        let logger = log.logger(.broker)
        let workers = try bind(
            workersPlace, as: .workers, key: "MQTT_BROKER_ENDPOINT", core: core, logger: logger,
            tls: keeper.workers)
        let socket = configuration.adminSocket
        try lock.clearSocket(socket)
        let adminSocket = try bind(
            .unix(path: socket), as: .adminSocket, key: "SIGNALBOX_DATA_DIR", core: core, logger: logger)
        undoing.append { unlink(socket) }
        guard chmod(socket, 0o600) == 0 else {
            throw AuthorityError("\(socket) cannot be made private: \(File.reason())")
        }
        let adminTLS = try configuration.adminListen.map {
            try bind(
                .address(host: $0.host, port: $0.port), as: .adminTLS, key: "SIGNALBOX_ADMIN_LISTEN", core: core,
                logger: logger, tls: keeper.admin)
        }
        let open = try configuration.open.map {
            try bind(.address(host: $0.host, port: $0.port), as: .open, key: "--open", core: core, logger: logger)
        }

        let endpoint = Endpoint(
            host: configuration.endpoint.host, port: workers.port ?? configuration.endpoint.port)
        try authority.remember(endpoint)
        let parts = Parts(
            reactor: reactor, core: core, queue: queue, wills: wills, lock: lock, log: log,
            listeners: [workers, adminSocket] + [adminTLS, open].compactMap { $0 }, endpoint: endpoint,
            open: BrokerStart.actual(configuration.open, open),
            adminListen: BrokerStart.actual(configuration.adminListen, adminTLS), health: health,
            instrumentation: instrumentation)
        health.enters(.listening)
        try announce(parts, logger: logger)
        return BrokerServer(self, parts)
    }

    /// From before the store is opened: probes see a start that waits for its database.
    private func instrument(_ core: BrokerLoop, _ opened: Opened, _ health: Health) throws -> Instrumentation? {
        guard let options = configuration.instrumentation else { return nil }
        let token = try options.readToken()
        let instrumentation = try Instrumentation(options.listen, token: token, health: health) {
            guard let queue = opened.queue else { return core.loop.makeFailedFuture(NotYet()) }
            return core.loop.submit { core.figures(queue.metrics) }
        }
        undoing.append { instrumentation.stop() }
        return instrumentation
    }

    private var workersPlace: Listener.Place {
        guard let listen = configuration.workersListen else { return .everywhere(port: configuration.endpoint.port) }
        return .address(host: listen.host, port: listen.port)
    }

    private func coreConfiguration(_ instance: String) -> BrokerConfiguration {
        var limits = configuration.limits
        limits.memory = configuration.memory ?? MachineMemory.share
        // Strangers never take all places of those who are known.
        limits.strangers = min(limits.strangers, max(64, BrokerStart.mostConnections() / 4 * 3))
        limits.connectDeadline = configuration.connectDeadline
        limits.stuckAfter = configuration.stuckAfter
        limits.willGrace = configuration.willGrace
        var core = BrokerConfiguration(
            namespace: configuration.namespace, installation: configuration.installation,
            environment: configuration.environment, version: BrokerServer.version,
            endpoint: configuration.endpoint.description, logLevel: configuration.logLevel,
            store: configuration.store.name, open: configuration.open?.description,
            openQueue: configuration.openQueue, openRules: configuration.openRules, instance: instance, limits: limits)
        core.keepsWills = true
        return core
    }

    private func bind(
        _ place: Listener.Place, as listener: Peer.Listener, key: String, core: BrokerLoop, logger: Logger,
        tls: TLSInForce? = nil
    ) throws -> ListeningSocket {
        let deadline = TimeAmount.milliseconds(configuration.connectDeadline)
        do {
            let socket = try Listener(place, number: listener.number, tls: tls, deadline: deadline)
                .bind(on: core.loop, owner: core) { reason in
                    logger.error("accepting pauses", metadata: ["reason": "\(reason)"])
                }
            undoing.append { socket.close() }
            return socket
        } catch {
            throw BrokerServer.StartFailure(error, listeningOn: "\(place)", key: key)
        }
    }

    private func announce(_ parts: Parts, logger: Logger) throws {
        var members = [
            JSON.Member("pid", .int(Int64(getpid()))), JSON.Member("endpoint", .string(parts.endpoint.description)),
            JSON.Member("socket", .string(configuration.adminSocket)),
        ]
        if let open = parts.open { members.append(JSON.Member("open", .string(open.description))) }
        if let admin = parts.adminListen { members.append(JSON.Member("admin", .string(admin.description))) }
        if let instrumentation = parts.instrumentation?.address {
            members.append(JSON.Member("instrumentation", .string(instrumentation.description)))
        }
        try parts.lock.writeListening(.object(members))
        logger.info(
            "listening",
            metadata: [
                "endpoint": "\(parts.endpoint)", "socket": "\(configuration.adminSocket)",
                "open": "\(parts.open?.description ?? "none")", "admin": "\(parts.adminListen?.description ?? "none")",
            ])
        if configuration.threads != 1 {
            logger.warning("connections are served by one thread; SIGNALBOX_THREADS has no effect yet")
        }
    }

    private static func actual(_ asked: HostAndPort?, _ socket: ListeningSocket?) -> HostAndPort? {
        guard let asked, let port = socket?.port else { return nil }
        return HostAndPort(host: asked.host, port: port)
    }

    private static func mostConnections() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 960 }
        return max(16, Int(clamping: limit.rlim_cur) - reservedDescriptors)
    }
}

/// The queue, for whoever asks from another thread while the broker still starts.
private final class Opened: Sendable {
    private let known = Mutex<QueueWriter?>(nil)

    var queue: QueueWriter? {
        get { known.withLock { $0 } }
        set { known.withLock { $0 = newValue } }
    }
}

/// There are no figures before the queue is open.
private struct NotYet: Error {}

extension StoreConfiguration {
    /// Opens the store, or says why it cannot be used.
    func open(in directory: DataDirectory) throws -> any MessageStore {
        switch self {
        case .sqlite: return try SQLiteStore(directory.path(of: "queue.sqlite"))
        case .postgres(let postgres): return try PostgresStore(postgres)
        case .sqs(let sqs):
            // The file first: a transport has to be stopped by somebody.
            let cemetery = try SQLiteStore(directory.path(of: "dead-letters.sqlite"))
            return SQSStore(
                sqs.address, configuration: sqs.aws, transport: try HTTPTransport(authorities: sqs.aws.authorities),
                cemetery: cemetery, readFile: { try? File.read($0, atMost: 65_536) },
                now: { WallClock.now() / 1_000 })
        }
    }
}

extension BrokerServer {
    package static let version = "0.1.0"
}
