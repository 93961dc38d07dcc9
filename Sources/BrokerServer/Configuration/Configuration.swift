import AdminProtocol
import Authority
import BrokerCore
import MessageQueue

/// What the operator asked for: a plain value, made from the environment by a pure function.
package struct Configuration: Equatable, Sendable {
    /// What workers connect to, and the name in the broker's certificate.
    package var endpoint: Endpoint
    /// Where the workers' listener is bound; nil for the endpoint's port on all addresses.
    package var workersListen: HostAndPort?
    package var logLevel: LogLevel
    /// The top topic level.
    package var namespace: String
    /// Authority keys, the embedded store, the admin socket.
    package var dataDirectory: String
    /// Where workers' messages go.
    package var store: StoreConfiguration
    package var adminListen: HostAndPort?
    /// As asked for; connections are served by one thread until more are worth it.
    package var threads: Int
    /// What the operators call this installation; shown by the console.
    package var installation: String
    /// `PROD`, `STAGE` or the like; empty if nobody said.
    package var environment: String
    /// The open loopback listener: no TLS, no identity. From the command line only.
    package var open: HostAndPort?
    /// Whether publishes of open clients go to the durable queue. From the command line only.
    package var openQueue: Bool
    /// What the open listener does beside the defaults. From the command line only.
    package var openRules: OpenRules
    /// From accept over TLS to CONNECT, in milliseconds. [T-02]
    package var connectDeadline: Int64
    /// Bytes that the broker may hold; nil for a part of what this machine has. [T-70]
    package var memory: Int?
    /// Certificates and keys that are not the data directory's own.
    package var papers: AuthorityFiles
    /// All other bounds; not from the environment.
    package var limits: Limits
    /// The HTTP endpoints for probes and scrapers; nil for none.
    package var instrumentation: InstrumentationOptions?
    /// Over how long clients are told that the broker stops, in milliseconds; nil for as short as their number allows.
    package var drain: Int64?
    /// How long workers may take to be back after a restart before their wills are said, in milliseconds. [T-62]
    package var willGrace: Int64 = 60_000
    /// Where MQTT 5 clients are sent at a stop (DISCONNECT 0x9C).
    package var drainServer: HostAndPort?
    /// How long nothing may be acknowledged before a worker is called stuck, in milliseconds.
    package var stuckAfter: Int64

    package init(
        endpoint: Endpoint, workersListen: HostAndPort? = nil, logLevel: LogLevel = .error,
        namespace: String = "spacelift", dataDirectory: String, store: StoreConfiguration = .sqlite,
        adminListen: HostAndPort? = nil, threads: Int = 1, installation: String = "", environment: String = "",
        open: HostAndPort? = nil, openQueue: Bool = false, openRules: OpenRules = OpenRules(),
        connectDeadline: Int64 = 5_000, stuckAfter: Int64 = 15_000, memory: Int? = nil,
        papers: AuthorityFiles = AuthorityFiles(), limits: Limits = Limits(),
        instrumentation: InstrumentationOptions? = nil
    ) {
        self.endpoint = endpoint
        self.workersListen = workersListen
        self.logLevel = logLevel
        self.namespace = namespace
        self.dataDirectory = dataDirectory
        self.store = store
        self.adminListen = adminListen
        self.threads = threads
        self.installation = installation.isEmpty ? endpoint.host : installation
        self.environment = environment
        self.open = open
        self.openQueue = openQueue
        self.openRules = openRules
        self.connectDeadline = connectDeadline
        self.stuckAfter = stuckAfter
        self.memory = memory
        self.papers = papers
        self.limits = limits
        self.instrumentation = instrumentation
    }

    /// Where the admin socket is: the way of a console on the same host.
    package var adminSocket: String { dataDirectory + "/admin.sock" }
}

extension Configuration {
    package static let acceptedSeconds = "accepted is a number of seconds from 0 to 3600"

    /// Seconds as people write them, in milliseconds.
    package static func milliseconds(ofSeconds text: String) -> Int64? {
        guard text.utf8.count <= 4, let seconds = Int64(text), (0...3_600).contains(seconds) else { return nil }
        return seconds * 1_000
    }
}
