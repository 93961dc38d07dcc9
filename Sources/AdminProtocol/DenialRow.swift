/// Equal refusals of one client, merged, with why and what would be allowed.
package struct DenialRow: Codable, Equatable, Sendable {
    package var id: String
    package var count: Int64
    package var firstAt: Timestamp
    package var lastAt: Timestamp
    package var perMinute: Double
    /// `worker`, `backend`, `admin`, `open`, or `unknown` before anyone was recognised.
    package var principal: String
    /// Display form of who it was: a worker's or a credential's name; empty if unknown.
    package var client: String
    package var pool: String?
    package var poolName: String?
    package var address: String
    /// `connect`, `publish`, `subscribe`, `will`, `receive`, `admin`.
    package var action: String
    /// The topic or filter that was asked for; absent for a refused connection.
    package var topic: String?
    /// The rule that refused, such as `subscribe.own-topic-only`.
    package var rule: String
    /// A short reason, such as `not-own-pool`.
    package var reason: String
    /// The topic that would have been allowed.
    package var allowed: String?
    /// The first level of `topic` that differs from `allowed`, counted from 0.
    package var differingLevel: Int?
    /// One sentence on that level, such as `pool is not the caller's`.
    package var difference: String?
    /// What the client was told, such as `SUBACK 0x87, connection kept`.
    package var outcome: String
    /// Times of the newest, newest first, at most five.
    package var samples: [Timestamp]

    package init(
        id: String, count: Int64, firstAt: Timestamp, lastAt: Timestamp, perMinute: Double, principal: String,
        client: String, pool: String? = nil, poolName: String? = nil, address: String, action: String,
        topic: String? = nil, rule: String, reason: String, allowed: String? = nil, differingLevel: Int? = nil,
        difference: String? = nil, outcome: String, samples: [Timestamp]
    ) {
        self.id = id
        self.count = count
        self.firstAt = firstAt
        self.lastAt = lastAt
        self.perMinute = perMinute
        self.principal = principal
        self.client = client
        self.pool = pool
        self.poolName = poolName
        self.address = address
        self.action = action
        self.topic = topic
        self.rule = rule
        self.reason = reason
        self.allowed = allowed
        self.differingLevel = differingLevel
        self.difference = difference
        self.outcome = outcome
        self.samples = samples
    }
}
