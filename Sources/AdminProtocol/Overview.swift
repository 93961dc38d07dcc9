/// The broker at a glance: counters, rates, queue, alerts, levels in force, operators attached.
package struct Overview: Codable, Equatable, Sendable {
    package struct Queue: Codable, Equatable, Sendable {
        /// `sqlite`, `postgres` or `sqs`.
        package var store: String
        /// Worker messages that wait in the durable queue for a reader; absent if the store was not asked yet.
        package var depth: Int64?
        package var oldestAge: Milliseconds?
        /// Worker messages received and not yet committed.
        package var pending: Int
        package var committed: Int64
        package var deadLetters: Int64
        /// Set while the store does not commit: the reason.
        package var trouble: String?
        /// Set while the store commits and something is wrong with it, such as settings that lose messages.
        package var warning: String?

        package init(
            store: String, depth: Int64? = nil, oldestAge: Milliseconds? = nil, pending: Int = 0, committed: Int64 = 0,
            deadLetters: Int64 = 0, trouble: String? = nil, warning: String? = nil
        ) {
            self.store = store
            self.depth = depth
            self.oldestAge = oldestAge
            self.pending = pending
            self.committed = committed
            self.deadLetters = deadLetters
            self.trouble = trouble
            self.warning = warning
        }
    }

    package struct Alert: Codable, Equatable, Sendable {
        /// Names the rule and its object; stable while it lasts.
        package var id: String
        package var text: String
        package var since: Timestamp
        /// The view that shows the cause: `pools`, `workers`, `denied`, `events`, `log`.
        package var view: String
        /// The filter to use there.
        package var filter: String?

        package init(id: String, text: String, since: Timestamp, view: String, filter: String? = nil) {
            self.id = id
            self.text = text
            self.since = since
            self.view = view
            self.filter = filter
        }
    }

    package struct Operator: Codable, Equatable, Sendable {
        package var id: String
        package var name: String
        package var role: Role
        package var since: Timestamp
        package var address: String

        package init(id: String, name: String, role: Role, since: Timestamp, address: String) {
            self.id = id
            self.name = name
            self.role = role
            self.since = since
            self.address = address
        }
    }

    package var now: Timestamp
    package var startedAt: Timestamp
    /// Workers connected now, and the difference to one minute ago.
    package var workers: Int
    package var workersChange: Int
    /// All MQTT connections that are not admin ones.
    package var connections: Int
    package var pools: Int
    package var stuck: Int
    package var flapping: Int
    package var busy: Int?
    package var received: Traffic
    package var sent: Traffic
    /// Messages that were not delivered, ever; each has a line in the events.
    package var dropped: Int64
    package var retained: Int
    package var inFlight: Int
    package var queued: Int
    package var denied: Int64
    package var deniedPerMinute: Double
    package var connectsPerSecond: Double
    package var queue: Queue
    package var alerts: [Alert]
    package var levels: LogLevels
    package var operators: [Operator]
    /// The newest second of history; `history.get` has those before it.
    package var sample: Sample

    package init(
        now: Timestamp, startedAt: Timestamp, workers: Int = 0, workersChange: Int = 0, connections: Int = 0,
        pools: Int = 0, stuck: Int = 0, flapping: Int = 0, busy: Int? = nil, received: Traffic = Traffic(),
        sent: Traffic = Traffic(), dropped: Int64 = 0, retained: Int = 0, inFlight: Int = 0, queued: Int = 0,
        denied: Int64 = 0, deniedPerMinute: Double = 0, connectsPerSecond: Double = 0, queue: Queue,
        alerts: [Alert] = [], levels: LogLevels, operators: [Operator] = [], sample: Sample
    ) {
        self.now = now
        self.startedAt = startedAt
        self.workers = workers
        self.workersChange = workersChange
        self.connections = connections
        self.pools = pools
        self.stuck = stuck
        self.flapping = flapping
        self.busy = busy
        self.received = received
        self.sent = sent
        self.dropped = dropped
        self.retained = retained
        self.inFlight = inFlight
        self.queued = queued
        self.denied = denied
        self.deniedPerMinute = deniedPerMinute
        self.connectsPerSecond = connectsPerSecond
        self.queue = queue
        self.alerts = alerts
        self.levels = levels
        self.operators = operators
        self.sample = sample
    }
}
