/// One worker in a list.
package struct WorkerRow: Codable, Equatable, Sendable {
    /// The worker's ULID (under the open policy: its client id).
    package var id: String
    package var pool: String
    package var poolName: String
    package var state: WorkerState
    /// The reason of a state that needs one.
    package var why: String?
    /// Names this connection: a kick of another epoch is refused as stale.
    package var epoch: Int64
    package var connected: Bool
    package var connectedAt: Timestamp?
    package var goneAt: Timestamp?
    package var address: String
    /// `3.1.1` or `5`.
    package var protocolVersion: String
    /// Messages per second over ten seconds, from and to the worker.
    package var inRate: Double
    package var outRate: Double
    package var inBytes: Double
    package var outBytes: Double
    package var queued: Int
    package var inFlight: Int
    package var oldestQueuedAt: Timestamp?
    /// How long its last acknowledgement took.
    package var rtt: Milliseconds?
    package var denied: Int64
    package var lastInAt: Timestamp?
    /// Connections in the last five minutes beyond the first.
    package var flaps: Int
    /// From the worker's own JSON, absent if it did not say.
    package var version: String?
    package var status: String?
    package var run: String?

    package init(
        id: String, pool: String, poolName: String, state: WorkerState = .ok, why: String? = nil, epoch: Int64 = 0,
        connected: Bool = true, connectedAt: Timestamp? = nil, goneAt: Timestamp? = nil, address: String = "",
        protocolVersion: String = "5", inRate: Double = 0, outRate: Double = 0, inBytes: Double = 0,
        outBytes: Double = 0, queued: Int = 0, inFlight: Int = 0, oldestQueuedAt: Timestamp? = nil,
        rtt: Milliseconds? = nil, denied: Int64 = 0, lastInAt: Timestamp? = nil, flaps: Int = 0,
        version: String? = nil, status: String? = nil, run: String? = nil
    ) {
        self.id = id
        self.pool = pool
        self.poolName = poolName
        self.state = state
        self.why = why
        self.epoch = epoch
        self.connected = connected
        self.connectedAt = connectedAt
        self.goneAt = goneAt
        self.address = address
        self.protocolVersion = protocolVersion
        self.inRate = inRate
        self.outRate = outRate
        self.inBytes = inBytes
        self.outBytes = outBytes
        self.queued = queued
        self.inFlight = inFlight
        self.oldestQueuedAt = oldestQueuedAt
        self.rtt = rtt
        self.denied = denied
        self.lastInAt = lastInAt
        self.flaps = flaps
        self.version = version
        self.status = status
        self.run = run
    }
}
