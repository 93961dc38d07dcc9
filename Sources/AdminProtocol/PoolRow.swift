/// One worker pool in a list.
package struct PoolRow: Codable, Equatable, Sendable {
    package struct Version: Codable, Equatable, Sendable {
        package var version: String
        package var count: Int

        package init(version: String, count: Int) {
            self.version = version
            self.count = count
        }
    }

    /// The pool's ULID.
    package var id: String
    package var name: String
    /// In words, the worst first: `FLAP`, `STUCK`, `DENY`, `empty`, `ok`.
    package var state: String
    /// Larger is worse; the default order of the list.
    package var attention: Double
    /// From the ULID's first 48 bits.
    package var createdAt: Timestamp
    package var connected: Int
    /// Absent unless workers of this pool say so themselves.
    package var busy: Int?
    package var idle: Int?
    package var drained: Int?
    package var stuck: Int
    package var flapping: Int
    /// Messages per second over ten seconds, from and to its workers.
    package var inRate: Double
    package var outRate: Double
    package var inBytes: Double
    package var outBytes: Double
    package var deniedPerMinute: Double
    /// Reconnects in the last five minutes.
    package var flaps: Int
    package var queued: Int
    package var oldestQueuedAt: Timestamp?
    /// When the longest connected of its workers connected.
    package var oldestConnectedAt: Timestamp?
    package var versions: [Version]
    package var addresses: Int
    package var wills: Int

    package init(
        id: String, name: String, state: String = "ok", attention: Double = 0, createdAt: Timestamp, connected: Int = 0,
        busy: Int? = nil, idle: Int? = nil, drained: Int? = nil, stuck: Int = 0, flapping: Int = 0, inRate: Double = 0,
        outRate: Double = 0, inBytes: Double = 0, outBytes: Double = 0, deniedPerMinute: Double = 0, flaps: Int = 0,
        queued: Int = 0, oldestQueuedAt: Timestamp? = nil, oldestConnectedAt: Timestamp? = nil,
        versions: [Version] = [], addresses: Int = 0, wills: Int = 0
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.attention = attention
        self.createdAt = createdAt
        self.connected = connected
        self.busy = busy
        self.idle = idle
        self.drained = drained
        self.stuck = stuck
        self.flapping = flapping
        self.inRate = inRate
        self.outRate = outRate
        self.inBytes = inBytes
        self.outBytes = outBytes
        self.deniedPerMinute = deniedPerMinute
        self.flaps = flaps
        self.queued = queued
        self.oldestQueuedAt = oldestQueuedAt
        self.oldestConnectedAt = oldestConnectedAt
        self.versions = versions
        self.addresses = addresses
        self.wills = wills
    }
}
