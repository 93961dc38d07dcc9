import AdminProtocol

/// The broker in figures at one time: what `$SYS` and the metrics show.
///
/// Made when somebody looks; nothing of it is kept up to date for nobody.
package struct Statistics: Sendable {
    /// What waits or is kept, in all sessions.
    package struct Stored: Equatable, Sendable {
        /// Messages that wait for a client, sent or not, and retained ones.
        package var messages = 0
        package var bytes = 0
        package var retained = 0
        package var inFlight = 0
        package var queued = 0
    }

    /// One pool, by its id.
    package struct Pool: Equatable, Sendable {
        package var id: ULID
        package var connected: Int
        package var stuck: Int
    }

    package var version = ""
    /// The same at every look, whatever the wall's clock has done since.
    package var startedAt: Timestamp = 0
    /// Seconds.
    package var uptime: Int64 = 0

    package var connected = 0
    package var mostConnected = 0
    /// Sessions without a connection.
    package var absent = 0
    package var expired: Int64 = 0
    package var operators = 0
    package var workers = 0
    package var stuck = 0
    package var flapping = 0
    package var pools: [Pool] = []

    /// Packets of any type.
    package var packetsReceived: Int64 = 0
    package var packetsSent: Int64 = 0
    package var bytesReceived: Int64 = 0
    package var bytesSent: Int64 = 0
    package var publishReceived: Int64 = 0
    package var publishSent: Int64 = 0
    package var publishDropped: Int64 = 0
    package var payloadReceived: Int64 = 0
    package var payloadSent: Int64 = 0
    package var sockets: Int64 = 0
    package var connects: Int64 = 0
    /// Connections that were let in.
    package var accepted: Int64 = 0
    /// Why connections ended and how often, and which rules refused how often; in the order of their names.
    package var gone: [(name: String, count: Int64)] = []
    package var denied: [(name: String, count: Int64)] = []
    /// Why sockets were closed before anything was read from them, and how often.
    package var refused: [(name: String, count: Int64)] = []
    /// Sockets let in that have not said CONNECT.
    package var strangers = 0
    /// Connections whose output waits for long, and those that are not read now, by reason; one may have several.
    package var congested = 0
    package var paused: [(name: String, count: Int64)] = []

    package var subscriptions = 0
    package var sharedSubscriptions = 0
    package var stored = Stored()
    package var wills = 0

    package var queue = QueueStatus()
    package var pending = 0
    package var committed: Int64 = 0
    package var commitLatency = Histogram.commits
    /// For how long the queue has not committed, in all; milliseconds.
    package var queueTrouble: Milliseconds = 0
    package var logLevel = LogLevel.error
    /// Turns of the event loop that came too late.
    package var lateTurns: Int64 = 0
    /// Bytes held for others, of how many, and in which step of shortage that is: 1 for the one of them.
    package var held = 0
    package var memoryBudget = 0
    package var memorySteps: [(name: String, count: Int64)] = []
    /// Bytes of memory the process holds, and the most it held; nil while nobody said.
    package var memory: Int64?
    package var mostMemory: Int64?

    var loads = LoadAverages()
}

extension Histogram {
    /// From a PUBLISH to its commit: a disk answers in milliseconds, a database in tens of them.
    package static var commits: Histogram {
        Histogram(milliseconds: [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000])
    }
}
