import AdminProtocol

/// One pool, summed up over its workers because somebody looks.
final class PoolSummary {
    let pool: PoolRecord
    var connected = 0
    var occupations: (busy: Int, idle: Int, drained: Int)?
    var rates = Rates()
    var queued = 0
    var oldestQueuedAt: Timestamp?
    var oldestConnectedAt: Timestamp?
    var versions: [[UInt8]: Int] = [:]
    var hosts: Set<String> = []
    var wills = 0

    init(_ pool: PoolRecord) {
        self.pool = pool
    }

    func add(_ client: ClientRecord) {
        guard let connection = client.connection else { return }
        connected += 1
        if let occupation = client.story.word.occupation {
            var counted = occupations ?? (0, 0, 0)
            switch occupation {
            case .busy: counted.busy += 1
            case .idle: counted.idle += 1
            case .drained: counted.drained += 1
            }
            occupations = counted
        }
        let added = client.rates
        rates.received += added.received
        rates.sent += added.sent
        rates.receivedBytes += added.receivedBytes
        rates.sentBytes += added.sentBytes
        if let session = client.session {
            queued += session.queuedCount
            if let oldest = session.oldestWaiting?.wall { oldestQueuedAt = min(oldestQueuedAt ?? oldest, oldest) }
        }
        oldestConnectedAt = min(oldestConnectedAt ?? connection.connectedAt.wall, connection.connectedAt.wall)
        if !client.story.word.version.isEmpty { versions[client.story.word.version, default: 0] += 1 }
        hosts.insert(DenialLedger.host(of: connection.peer.address))
        if connection.will != nil { wills += 1 }
    }

    /// In words, the worst first.
    func state(at now: Moment) -> String {
        if pool.sums.flapping > 0 { return "FLAP" }
        if pool.sums.stuck > 0 { return "STUCK" }
        if pool.denied.perMinute(at: now) >= 1 { return "DENY" }
        return connected == 0 ? "empty" : "ok"
    }

    func attention(at now: Moment) -> Double {
        Double(pool.sums.stuck) * 100 + Double(pool.sums.flapping) * 50 + Double(pool.sums.flaps)
            + pool.denied.perMinute(at: now).rounded()
    }
}

extension Observatory {
    func poolSummaries() -> [PoolSummary] {
        var summaries = roster.pools.mapValues { PoolSummary($0) }
        for client in roster.records where client.connection != nil && client.isListed {
            guard let pool = client.pool else { continue }
            let summary = summaries[pool] ?? PoolSummary(roster.pool(pool))
            summaries[pool] = summary
            summary.add(client)
        }
        return Array(summaries.values)
    }
}

extension Listing where Item == PoolSummary, Row == PoolRow {
    static var pools: Listing {
        Listing(
            columns: poolColumns, defaultSort: "-attention", tie: { $0.pool.id < $1.pool.id },
            row: { PoolRow($0, $1) })
    }
}

private let poolColumns: [Column<PoolSummary>] = [
    Column("id", ["pool"]) { summary, _ in .text(summary.pool.id.description) },
    Column("name") { summary, _ in .text(summary.pool.name) },
    Column("state") { summary, look in .text(summary.state(at: look.now)) },
    .number("attention") { summary, look in .of(summary.attention(at: look.now)) },
    .number("created_at") { summary, _ in .of(summary.pool.id.milliseconds) },
    .number("connected", ["conn"]) { summary, _ in .of(summary.connected) },
    .number("busy") { summary, _ in summary.occupations.map { .of($0.busy) } ?? .absent },
    .number("idle") { summary, _ in summary.occupations.map { .of($0.idle) } ?? .absent },
    .number("drained", ["drain"]) { summary, _ in summary.occupations.map { .of($0.drained) } ?? .absent },
    .number("stuck") { summary, _ in .of(summary.pool.sums.stuck) },
    .number("flapping") { summary, _ in .of(summary.pool.sums.flapping) },
    .number("in_rate", ["in"]) { summary, _ in .of(summary.rates.received) },
    .number("out_rate", ["out"]) { summary, _ in .of(summary.rates.sent) },
    .number("in_bytes") { summary, _ in .of(summary.rates.receivedBytes) },
    .number("out_bytes") { summary, _ in .of(summary.rates.sentBytes) },
    .number("denied_per_minute", ["denied", "deny"]) { summary, look in
        .of(summary.pool.denied.perMinute(at: look.now))
    },
    .number("flaps", ["flap"]) { summary, _ in .of(summary.pool.sums.flaps) },
    .number("queued", ["queue"]) { summary, _ in .of(summary.queued) },
    .number("oldest_queued_at") { summary, _ in .of(summary.oldestQueuedAt) },
    .number("oldest_connected_at", ["oldest"]) { summary, _ in .of(summary.oldestConnectedAt) },
    Column("versions", ["version", "ver"]) { summary, _ in
        .text(summary.sortedVersions.map(\.version).joined(separator: " "))
    },
    .number("addresses") { summary, _ in .of(summary.hosts.count) },
    .number("wills") { summary, _ in .of(summary.wills) },
]

extension PoolSummary {
    fileprivate var sortedVersions: [PoolRow.Version] {
        versions.map { PoolRow.Version(version: DisplayText.of($0.key), count: $0.value) }
            .sorted { $0.count == $1.count ? $0.version > $1.version : $0.count > $1.count }
    }
}

extension PoolRow {
    init(_ summary: PoolSummary, _ look: Look) {
        let pool = summary.pool
        self.init(
            id: pool.id.description, name: pool.name, state: summary.state(at: look.now),
            attention: summary.attention(at: look.now), createdAt: pool.id.milliseconds, connected: summary.connected,
            busy: summary.occupations?.busy, idle: summary.occupations?.idle, drained: summary.occupations?.drained,
            stuck: pool.sums.stuck, flapping: pool.sums.flapping, inRate: summary.rates.received,
            outRate: summary.rates.sent, inBytes: summary.rates.receivedBytes, outBytes: summary.rates.sentBytes,
            deniedPerMinute: pool.denied.perMinute(at: look.now), flaps: pool.sums.flaps, queued: summary.queued,
            oldestQueuedAt: summary.oldestQueuedAt, oldestConnectedAt: summary.oldestConnectedAt,
            versions: Array(summary.sortedVersions.prefix(8)), addresses: summary.hosts.count, wills: summary.wills)
    }
}
