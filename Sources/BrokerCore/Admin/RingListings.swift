import AdminProtocol

extension Listing where Item == Event, Row == EventRow {
    static var events: Listing {
        Listing(
            columns: eventColumns, defaultSort: "-id", tie: { $0.number > $1.number }, number: { $0.number },
            row: { EventRow($0, $1) })
    }
}

private let eventColumns: [Column<Event>] = [
    .number("id") { event, _ in .count(event.number) },
    .number("at") { event, _ in .time(event.at) },
    Column("what") { event, _ in .text(event.what.rawValue) },
    Column("worker", ["client"]) { event, _ in .of(event.client?.id) },
    Column("pool") { event, look in
        event.client?.pool.map { .text("\($0) \(look.observatory.roster.poolName($0) ?? "")") } ?? .absent
    },
    Column("pool_name", ["name"]) { event, look in .of(look.observatory.roster.poolName(event.client?.pool)) },
    Column("reason") { event, _ in .text(event.reason) },
    Column("detail") { event, _ in .text(event.detail) },
    Column("by") { event, _ in .of(event.by) },
]

extension EventRow {
    init(_ event: Event, _ look: Look) {
        self.init(
            id: event.id, at: event.at, what: event.what, worker: event.client?.id,
            pool: event.client?.pool?.description, poolName: look.observatory.roster.poolName(event.client?.pool),
            reason: event.reason, detail: event.detail, by: event.by)
    }
}

extension Listing where Item == LogEntry, Row == LogRow {
    static var log: Listing {
        Listing(
            columns: logColumns, defaultSort: "-id", tie: { $0.number > $1.number }, number: { $0.number },
            row: { entry, _ in LogRow(entry) })
    }
}

private let logColumns: [Column<LogEntry>] = [
    .number("id") { entry, _ in .count(entry.number) },
    .number("at") { entry, _ in .time(entry.at) },
    // The more severe is the larger: `level>=warn` are warnings and errors.
    Column("level", rank: { LogLevel(named: $0).map { Double(-$0.rank) } }) { entry, _ in .text(entry.level.rawValue) },
    Column("subsystem", ["sub"]) { entry, _ in .text(entry.subsystem) },
    Column("client", ["worker"]) { entry, _ in .of(entry.client) },
    Column("pool") { entry, _ in .of(entry.pool) },
    Column("message", ["msg"]) { entry, _ in .text(entry.message) },
]

extension LogRow {
    init(_ entry: LogEntry) {
        self.init(
            id: entry.id, at: entry.at, level: entry.level, subsystem: entry.subsystem, client: entry.client,
            pool: entry.pool, message: entry.message)
    }
}

extension Listing where Item == DenialLedger.Entry, Row == DenialRow {
    static var denials: Listing {
        Listing(
            columns: denialColumns, defaultSort: "-last_at", tie: { $0.number > $1.number },
            row: { DenialRow($0, $1) })
    }
}

private let denialColumns: [Column<DenialLedger.Entry>] = [
    .number("id") { entry, _ in .count(entry.number) },
    .number("count") { entry, _ in .count(entry.count) },
    .number("first_at", ["first"]) { entry, _ in .time(entry.firstAt) },
    .number("last_at", ["last"]) { entry, _ in .time(entry.lastAt) },
    .number("per_minute", ["rate"]) { entry, look in .of(entry.rate.perMinute(at: look.now)) },
    Column("principal") { entry, _ in .text(entry.denial.kind) },
    Column("client", ["worker"]) { entry, _ in .text(entry.denial.shownClient) },
    Column("pool") { entry, look in
        entry.denial.pool.map { .text("\($0) \(look.observatory.roster.poolName($0) ?? "")") } ?? .absent
    },
    Column("pool_name", ["name"]) { entry, look in .of(look.observatory.roster.poolName(entry.denial.pool)) },
    Column("address", ["addr"]) { entry, _ in .text(DisplayText.of(entry.denial.address)) },
    Column("action") { entry, _ in .text(entry.denial.action.rawValue) },
    Column("topic") { entry, _ in .of(entry.denial.topic.map { DisplayText.of($0) }) },
    Column("rule") { entry, _ in .text(entry.denial.rule) },
    Column("reason") { entry, _ in .text(DisplayText.of(entry.denial.reason)) },
    Column("outcome") { entry, _ in .text(entry.denial.outcome) },
]

extension Denial {
    var pool: ULID? {
        if case .worker(let pool)? = principal { pool } else { nil }
    }

    /// `worker`, `backend`, `admin`, `open`, or `unknown` before anyone was recognised.
    fileprivate var kind: String {
        switch principal {
        case .worker: "worker"
        case .backend: "backend"
        case .admin: "admin"
        case .open: "open"
        case nil: "unknown"
        }
    }

    fileprivate var shownClient: String {
        switch principal {
        case .worker, .open, nil: DisplayText.of(clientID)
        case .backend(let name), .admin(let name, _): DisplayText.of(name)
        }
    }
}

extension DenialRow {
    init(_ entry: DenialLedger.Entry, _ look: Look) {
        let denial = entry.denial
        self.init(
            id: entry.id, count: entry.count, firstAt: entry.firstAt, lastAt: entry.lastAt,
            perMinute: entry.rate.perMinute(at: look.now), principal: denial.kind, client: denial.shownClient,
            pool: denial.pool?.description, poolName: look.observatory.roster.poolName(denial.pool),
            address: DisplayText.of(denial.address), action: denial.action.rawValue,
            topic: denial.topic.map { DisplayText.of($0) }, rule: denial.rule, reason: DisplayText.of(denial.reason),
            allowed: denial.allowed.map { DisplayText.of($0) }, differingLevel: denial.differingLevel,
            difference: denial.difference.map { DisplayText.of($0) }, outcome: DisplayText.of(denial.outcome),
            samples: entry.samples)
    }
}
