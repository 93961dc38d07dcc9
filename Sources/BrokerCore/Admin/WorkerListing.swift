import AdminProtocol

extension Listing where Item == ClientRecord, Row == WorkerRow {
    static var workers: Listing {
        Listing(
            columns: workerColumns, defaultSort: "-attention",
            tie: { one, other in
                one.id == other.id ? (one.pool?.description ?? "") < (other.pool?.description ?? "") : one.id < other.id
            },
            row: { client, look in WorkerRow(client, look) })
    }
}

/// The fields of `WorkerRow`, each without making one.
private let workerColumns: [Column<ClientRecord>] = [
    Column("id", ["worker"]) { client, _ in .text(client.id) },
    Column("pool") { client, look in
        .text("\(client.pool?.description ?? "") \(look.observatory.roster.poolName(client.pool) ?? "")")
    },
    Column("pool_name", ["name"]) { client, look in .text(look.observatory.roster.poolName(client.pool) ?? "") },
    Column("state") { client, _ in .text(client.state.rawValue) },
    .number("attention") { client, _ in .of(client.attention) },
    Column("why") { client, look in .of(client.why(look)) },
    .number("epoch") { client, _ in .count(client.epoch) },
    Column("connected") { client, _ in .text(client.connection == nil ? "false" : "true") },
    .number("connected_at") { client, _ in .of(client.story.last?.connectedAt.wall) },
    .number("up") { client, look in
        client.connection.map { .count(look.now.milliseconds(since: $0.connectedAt)) } ?? .absent
    },
    .number("gone_at") { client, _ in .of(client.story.goneAt?.wall) },
    Column("address", ["addr"]) { client, _ in .text(client.address) },
    Column("protocol_version", ["v"]) { client, _ in .of(client.story.last?.versionText) },
    .number("in_rate", ["in"]) { client, _ in .of(client.rates.received) },
    .number("out_rate", ["out"]) { client, _ in .of(client.rates.sent) },
    .number("in_bytes") { client, _ in .of(client.rates.receivedBytes) },
    .number("out_bytes") { client, _ in .of(client.rates.sentBytes) },
    .number("queued", ["queue"]) { client, _ in .of(client.session?.queuedCount ?? 0) },
    .number("in_flight", ["infl"]) { client, _ in .of(client.session?.inFlightCount ?? 0) },
    .number("oldest_queued_at", ["oldest"]) { client, _ in .of(client.session?.oldestWaiting?.wall) },
    .number("rtt") { client, _ in client.roundTrip.map { .count($0) } ?? .absent },
    .number("denied", ["deny"]) { client, _ in .count(client.story.denied) },
    .number("last_in_at", ["last_in"]) { client, look in .of(look.wall(client.lastInNanoseconds)) },
    .number("flaps", ["flap"]) { client, look in .of(client.story.flaps(at: look.now)) },
    Column("version", ["ver"]) { client, _ in .of(client.story.word.shownVersion) },
    Column("status") { client, _ in .of(client.story.word.shownStatus) },
    Column("run") { client, _ in .of(client.story.word.shownRun) },
]

extension ClientRecord {
    /// Larger is worse: the list's own order.
    var attention: Double {
        let state: Double =
            switch state {
            case .stuck: 6
            case .take: 5
            case .flap: 4
            case .banned: 3
            case .cordoned: 2
            case .busy, .idle, .drained, .ok: 1
            case .gone: 0
            }
        return state
    }

    var address: String { story.last?.peer.address ?? "" }
    var rates: Rates { meter?.rate10s ?? Rates() }
    var roundTrip: Milliseconds? {
        acknowledgedAfterNanoseconds < 0 ? nil : acknowledgedAfterNanoseconds / 1_000_000
    }
}

extension ClientWord {
    var shownVersion: String? { version.isEmpty ? nil : DisplayText.of(version) }
    var shownStatus: String? { status.isEmpty ? nil : DisplayText.of(status) }
    var shownRun: String? { run.isEmpty ? nil : DisplayText.of(run) }
}

extension WorkerRow {
    init(_ client: ClientRecord, _ look: Look) {
        let rates = client.rates
        let word = client.story.word
        self.init(
            id: client.id, pool: client.pool?.description ?? "",
            poolName: look.observatory.roster.poolName(client.pool) ?? "", state: client.state,
            why: client.why(look), epoch: client.epoch, connected: client.connection != nil,
            connectedAt: client.story.last?.connectedAt.wall, goneAt: client.story.goneAt?.wall,
            address: client.address, protocolVersion: client.story.last?.versionText ?? "5", inRate: rates.received,
            outRate: rates.sent, inBytes: rates.receivedBytes, outBytes: rates.sentBytes,
            queued: client.session?.queuedCount ?? 0, inFlight: client.session?.inFlightCount ?? 0,
            oldestQueuedAt: client.session?.oldestWaiting?.wall, rtt: client.roundTrip, denied: client.story.denied,
            lastInAt: look.wall(client.lastInNanoseconds), flaps: client.story.flaps(at: look.now),
            version: word.shownVersion, status: word.shownStatus, run: word.shownRun)
    }
}

extension WorkerDetail {
    init(_ client: ClientRecord, _ look: Look) {
        self.init(row: WorkerRow(client, look), clientID: DisplayText.of(client.clientID))
        let last = client.story.last
        createdAt = client.worker?.milliseconds
        keepAlive = last?.keepAlive ?? 0
        cleanStart = last?.cleanStart ?? true
        sessionExpiry = last?.sessionExpiry ?? 0
        receiveMaximum = last?.receiveMaximum ?? 65_535
        tls = last?.peer.tls
        fingerprint = last?.peer.fingerprint
        certificateExpiresAt = last?.peer.certificateExpiresAt
        let counts = client.counts
        received = Traffic(client.meter, counts, second: look.second, isReceived: true)
        sent = Traffic(client.meter, counts, second: look.second, isReceived: false)
        dropped = client.dropped
        will = client.connection?.will.map {
            Will(topic: DisplayText.of($0.topic), qos: Int($0.qos), bytes: $0.bytes, delay: $0.delay)
        }
        subscriptions = (client.session?.subscriptionFacts ?? []).map {
            Subscription(filter: DisplayText.of($0.filter), qos: Int($0.qos))
        }.sorted { $0.filter < $1.filter }
        waiting = (client.session?.waitingFacts(limit: 10) ?? []).map {
            Waiting(at: $0.at.wall, topic: DisplayText.of($0.topic), bytes: $0.bytes, sent: $0.sent)
        }
        lastDenial = client.story.lastDenial
        lastDisconnect = client.story.lastDisconnect
        reconnects = max(0, client.story.connections - 1)
        clockSkew = client.story.word.clockSkew
        metadata = client.story.word.shownMetadata
        history = look.observatory.events.newest(50) { $0.client === client }.map { EventRow($0, look) }
    }
}

extension ClientWord {
    /// The text members of the metadata object, made fit to be shown.
    fileprivate var shownMetadata: [String: String] {
        guard let members = (try? JSON(parsing: metadata, within: .request))?.members else { return [:] }
        var shown: [String: String] = [:]
        for member in members.prefix(64) {
            guard let text = member.value.string else { continue }
            shown[DisplayText.of(member.key, bound: 64)] = DisplayText.of(text)
        }
        return shown
    }
}

extension Traffic {
    init(_ meter: Meter?, _ counts: Counts, second: Int64, isReceived: Bool) {
        let one = meter?.rate1s ?? Rates()
        let ten = meter?.rate10s ?? Rates()
        let sixty = meter?.rate60s(at: second) ?? Rates()
        if isReceived {
            self.init(
                messages: counts.received, bytes: counts.receivedBytes, rate1s: one.received, rate10s: ten.received,
                rate60s: sixty.received, bytes10s: ten.receivedBytes)
        } else {
            self.init(
                messages: counts.sent, bytes: counts.sentBytes, rate1s: one.sent, rate10s: ten.sent,
                rate60s: sixty.sent, bytes10s: ten.sentBytes)
        }
    }
}

extension ClientRecord {
    fileprivate func why(_ look: Look) -> String? {
        why(at: look.now, stuckAfter: look.observatory.configuration.limits.stuckAfter)
    }
}
