import AdminProtocol

/// Which log lines are written: the configured level, and the exceptions from it while they last.
///
/// The most particular exception decides: a worker's before its pool's, a pool's before the subsystem's, the
/// subsystem's before the broker's.
struct LogGate {
    enum Scope: Hashable {
        case broker
        case subsystem(Subsystem)
        case pool(ULID)
        case worker(ULID)

        init?(_ text: String) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            switch (parts.first, parts.count) {
            case ("broker", 1): self = .broker
            case ("subsystem", 2):
                guard let subsystem = Subsystem(rawValue: String(parts[1])) else { return nil }
                self = .subsystem(subsystem)
            case ("pool", 2):
                guard let pool = ULID(String(parts[1])) else { return nil }
                self = .pool(pool)
            case ("worker", 2):
                guard let worker = ULID(String(parts[1])) else { return nil }
                self = .worker(worker)
            default: return nil
            }
        }

        var name: String {
            switch self {
            case .broker: "broker"
            case .subsystem(let subsystem): "subsystem:\(subsystem.rawValue)"
            case .pool(let pool): "pool:\(pool)"
            case .worker(let worker): "worker:\(worker)"
            }
        }
    }

    struct Lease {
        var level: LogLevel
        var by: String
        var since: Moment
        /// Nil for one that stays.
        var until: Moment?
        var reason: String?
    }

    /// Leases at once: each costs a look-up, and nobody can follow more.
    static let bound = 64

    let configured: LogLevel
    private(set) var leases: [Scope: Lease] = [:]
    /// In force for the broker as a whole, and the most talkative anywhere: one comparison settles most questions.
    private(set) var level: LogLevel
    private var loudest: LogLevel
    private var hasExceptions = false

    init(configured: LogLevel) {
        self.configured = configured
        level = configured
        loudest = configured
    }

    func lets(_ level: LogLevel, _ subsystem: Subsystem, _ client: ClientRecord?) -> Bool {
        if level > loudest { return false }
        if !hasExceptions { return level <= self.level }
        return level <= inForce(subsystem, client)
    }

    private func inForce(_ subsystem: Subsystem, _ client: ClientRecord?) -> LogLevel {
        if let worker = client?.worker, let lease = leases[.worker(worker)] { return lease.level }
        if let pool = client?.pool, let lease = leases[.pool(pool)] { return lease.level }
        return leases[.subsystem(subsystem)]?.level ?? level
    }

    mutating func set(_ scope: Scope, _ lease: Lease) {
        leases[scope] = lease
        settle()
    }

    mutating func revert(_ scope: Scope) -> Lease? {
        let lease = leases.removeValue(forKey: scope)
        settle()
        return lease
    }

    /// Takes back what has run out, in the order of its names.
    mutating func expire(at now: Moment) -> [(scope: Scope, lease: Lease)] {
        if leases.isEmpty { return [] }
        let over = leases.filter { $0.value.until.map { now.nanoseconds >= $0.nanoseconds } ?? false }
        guard !over.isEmpty else { return [] }
        for scope in over.keys { leases[scope] = nil }
        settle()
        return over.map { ($0.key, $0.value) }.sorted { $0.0.name < $1.0.name }
    }

    private mutating func settle() {
        level = leases[.broker]?.level ?? configured
        loudest = leases.values.map(\.level).max().map { max($0, level) } ?? level
        hasExceptions = leases.keys.contains { $0 != .broker }
    }

    func levels(linesPerSecond: Double) -> LogLevels {
        LogLevels(
            level: level, configured: configured,
            leases: leases.sorted { $0.key.name < $1.key.name }.map { scope, lease in
                LogLevels.Lease(
                    scope: scope.name, level: lease.level, by: lease.by, since: lease.since.wall,
                    until: lease.until?.wall, reason: lease.reason)
            },
            linesPerSecond: linesPerSecond)
    }
}
