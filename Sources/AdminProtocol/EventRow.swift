/// One thing that happened, in the ring of events.
package struct EventRow: Codable, Equatable, Sendable {
    package enum What: String, Codable, Sendable, CaseIterable {
        case connected = "CONN"
        case gone = "GONE"
        /// A second connection took the session over.
        case takeover = "TAKE"
        case denied = "DENY"
        case kicked = "KICK"
        /// What followed a kick.
        case followed = "BACK"
        case level = "LEVEL"
        case subscribed = "SUB"
        case queue = "QUEUE"
        case dropped = "DROP"
        case broker = "BROKER"
    }

    /// The number of the event, as text: grows by one.
    package var id: String
    package var at: Timestamp
    package var what: What
    package var worker: String?
    package var pool: String?
    package var poolName: String?
    /// Short and countable, such as `keep alive timeout`.
    package var reason: String
    package var detail: String
    /// The operator who caused it.
    package var by: String?

    package init(
        id: String, at: Timestamp, what: What, worker: String? = nil, pool: String? = nil, poolName: String? = nil,
        reason: String, detail: String = "", by: String? = nil
    ) {
        self.id = id
        self.at = at
        self.what = what
        self.worker = worker
        self.pool = pool
        self.poolName = poolName
        self.reason = reason
        self.detail = detail
        self.by = by
    }
}
