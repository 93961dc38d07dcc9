import AdminProtocol
import MQTT

/// The broker: events go in, effects come out.
///
/// Every method is something that happened, with the time at which it did; none reaches a socket, a clock or a disk.
/// What should follow stands in `effects`, and the bytes for a connection in its output.
package struct Broker: ~Copyable {
    /// What should happen now; the server empties it after each tick.
    ///
    /// Perform `writes` first: taking output may add to `readings`.
    package var effects = Effects()
    /// Whether there is any; asked for every portion of bytes, without copying them out.
    package var hasEffects: Bool { !effects.isEmpty }

    /// What it knows of itself.
    let observatory: Observatory
    /// Where operators are answered.
    let desk = AdminDesk()

    let configuration: BrokerConfiguration
    let limits: Limits
    let access: Access

    var connections = ConnectionTable()
    var sessions: [SessionKey: Session] = [:]
    var deadlines = Deadlines()
    var tree = SubscriptionTree()
    var retained = RetainedTree()
    var topics: TopicTable
    var ledger = HandOverLedger()
    var tallies = Tallies()
    var loads = LoadAverages()
    var statisticsDueAt: Int64
    /// What those who watch `$SYS` have been shown, in the order of its lines.
    var shownStatistics: [[UInt8]] = []
    /// Bytes the process holds, and the most it held.
    var memory: Int64?
    var mostMemory: Int64?
    /// Since when the durable queue is in trouble.
    var troubleSince: Moment?
    /// How long it was in trouble before, in all.
    var troubleEver: Milliseconds = 0
    /// When it last was over, by `Moment.nanoseconds`.
    var troubleEndedAt = Int64.min
    /// Wills of clients that went while the durable queue was away: they may not have meant to.
    var postponedWills: [SessionKey: PostponedWill] = [:]
    var willLedger = WillLedger()
    var isStopping = false
    /// How far the clients have been told that the broker stops.
    var drain: Drain?

    /// Who stands at the door.
    var admission: Admission
    /// Who is not heard there for a while, and who waits to be told so.
    var penalties: Penalties
    var lateRefusals: [LateRefusal] = []
    /// What is held for others, and in which step of shortage that is.
    let holdings = Holdings()
    var heldByConnections = 0
    /// The same, of the round that is under way.
    var heldInRound = 0
    var pressure = MemoryPressure.none
    /// How much may be held before the next step is taken.
    var memoryMark: Int
    /// How much may wait in buffers before messages wait as one copy for all.
    var bufferBound: Int
    /// Workers that publish faster than they may, and are not read for a moment.
    var paced: [Connection] = []

    /// Room for output of those who have any.
    var spares: SpareBuffers
    /// The bytes of the message being distributed, once per shape.
    var templates = PublishTemplates()
    /// Connections that took too much; they are cut when the event is over.
    var overdue: [Connection] = []
    /// Sessions that gave up messages since that was last said.
    var losers: [Session] = []
    /// Makes assigned client ids unique.
    var assigned: UInt64 = 0
    /// Which third of the connections is looked at next.
    var round = 0
    /// The newest time anything happened.
    var latest: Moment

    /// Nothing; but what holds a value whose type is known only at run time is passed by reference. Without one, every
    /// call that only reads has the whole broker copied to the stack, and there are some for each message.
    private let anchor: (any Sendable)? = nil

    package init(configuration: BrokerConfiguration, at now: Moment) {
        self.configuration = configuration
        limits = configuration.limits
        access = Access(
            namespace: configuration.namespace, openQueue: configuration.openQueue,
            deniedFilters: configuration.openRules.deniedFilters)
        observatory = Observatory(configuration: configuration, at: now)
        let seed = configuration.instance.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        admission = Admission(configuration.limits)
        penalties = Penalties(configuration.limits)
        spares = SpareBuffers(most: configuration.limits.spareBytes)
        topics = TopicTable(most: configuration.limits.topics, seed: seed)
        memoryMark = MemoryPressure.none.end(limits) ?? .max
        bufferBound = limits.memory / 100 * limits.memorySevere
        latest = now
        statisticsDueAt = now.nanoseconds + LoadAverages.step * 1_000_000_000
    }

    /// The pools there are, by id, with the names people gave them.
    package mutating func poolsChanged(_ pools: [ULID: String], at now: Moment) {
        latest = now
        observatory.poolsChanged(pools, at: now)
    }

    /// A socket was accepted, and nothing is known but where it comes from; there is room for `free` more.
    /// [T-02, T-22, T-72]
    ///
    /// Who enters counts as a stranger until its CONNECT is accepted, or `ended`, `turnedAway` or `hungUp` say that it is
    /// gone. Who waits does so, by its number, until `called`.
    package mutating func verdict(
        on source: Source, as guest: Int32, leaving free: Int, at now: Moment
    ) -> Admission.Verdict {
        latest = now
        return admission.verdict(on: source, as: guest, leaving: free, at: now)
    }

    /// Those who wait no longer; to be asked every few milliseconds while somebody waits. [T-72]
    package mutating func called(at now: Moment) -> [Admission.Call] {
        latest = now
        return admission.called(at: now)
    }

    /// One who waited had gone when it was let in.
    package mutating func hungUp(_ source: Source) {
        admission.hungUp(source)
    }

    /// Something happened to the server around it that a person may want to know.
    package mutating func happened(_ reason: String, _ detail: String, at now: Moment) {
        latest = now
        observatory.note(.broker(reason: reason, detail: detail), at: now)
    }

    /// The event loop came so much later than it should have. [T-76]
    package mutating func late(by milliseconds: Milliseconds, at now: Moment) {
        latest = now
        observatory.lateTurns += 1
        observatory.note(.broker(reason: "event loop late", detail: "\(milliseconds) ms"), at: now)
    }

    /// A socket was accepted, and its peer recognised.
    package mutating func accepted(_ peer: Peer, at now: Moment) -> ConnectionID {
        latest = now
        let bound = peer.principal == .open ? limits.openPacket : limits.packetBeforeConnect
        let holdings = holdings
        let connection = connections.add {
            Connection(id: $0, peer: peer, packetBound: bound, holdings: holdings, at: now)
        }
        if !connection.isAdmin { tallies.sockets += 1 }
        if isStopping { close(connection, nil, as: .stopping, "the broker stops", at: now) }
        return connection.id
    }

    /// Lends the bytes that wait for `id` and forgets them; call it only while the socket takes some.
    ///
    /// A connection is not listed in `effects.writes` again before its output was taken.
    package mutating func takeOutput(of id: ConnectionID, _ use: (RawSpan) -> Void) {
        guard let connection = connections[id] else { return }
        if let session = connection.session, session.hasMore {
            pump(session, upTo: connection.outbox.count + limits.outboxHigh, at: latest)
        }
        var buffer = connection.outbox
        connection.outbox = []
        connection.isListed = false
        connection.hasTaken = true
        if !connection.isAdmin { tallies.bytesSent &+= Int64(buffer.count) }
        if connection.isCongested { eased(connection) }
        use(buffer.span.bytes)
        buffer.removeAll(keepingCapacity: true)
        if pressure == .none { spares.keep(buffer) }
        if !connection.pauses.isEmpty { resume(connection, .answers, at: latest) }
        relieve(connection, at: latest)
        if let session = connection.session, canGoOn(session, connection) { list(connection, at: latest) }
    }

    /// The socket of `id` keeps so many of the bytes it was lent, because it takes no more now; 0 when it has taken them.
    package mutating func keeps(_ bytes: Int, of id: ConnectionID) {
        connections[id]?.unsent = bytes
    }

    /// The socket of `id` has ended.
    package mutating func ended(_ id: ConnectionID, _ how: ConnectionEnd, at now: Moment) {
        latest = now
        guard let connection = connections[id] else { return }
        switch connection.phase {
        case .awaitingConnect, .closing: release(connection, at: now)
        case .connected:
            connection.phase = .closing
            release(connection, at: now)
            switch how {
            case .peerClosed: detach(connection, as: .socketClosed, "closed without DISCONNECT", at: now)
            case .failed(let why): detach(connection, as: .socketFailed, why, at: now)
            case .asked: detach(connection, as: .other, "closed", at: now)
            }
        }
        if connection.isStranger, let source = connection.peer.source { admission.left(source, at: now) }
        connections.remove(id)
        cutOverdue(at: now)
    }

    /// A certificate is no longer good: its connections end within a second, and its sessions are forgotten. [T-34]
    package mutating func revoked(_ principal: Principal, fingerprint: String, at now: Moment) {
        latest = now
        for connection in connections.all where connection.peer.fingerprint == fingerprint {
            close(connection, .notAuthorized, as: .revoked, "the credential was revoked", fireWill: false, at: now)
        }
        dropPostponedWills { $0.fingerprint == fingerprint }
        let gone = sessions.values.filter { $0.fingerprint == fingerprint && $0.connection == nil }
        for session in gone.sorted(by: { $0.clientID.bytes.lexicographicallyPrecedes($1.clientID.bytes) }) {
            forgetWill(of: session)
            end(session, at: now)
        }
        dropWills(of: principal, fingerprint: fingerprint)
        tree.touch()
    }

    /// A peer was turned away before the broker saw it (TLS, an unknown certificate): it still stands in Denied.
    ///
    /// Says how long its socket is to wait in silence before it is closed, in milliseconds: who shows a certificate that
    /// is no longer good does so again as soon as it is refused, and each time costs a TLS handshake. [T-22]
    package mutating func turnedAway(
        address: String, from source: Source? = nil, fingerprint: String? = nil, reason: String, at now: Moment
    ) -> Milliseconds {
        latest = now
        if let source { admission.left(source, at: now) }
        var patience: Milliseconds = 0
        if let identity = Penalties.Identity(fingerprint: fingerprint, clientID: [], source: source) {
            penalties.failed(identity, at: now)
            patience = penalties.patience(for: identity, at: now)
        }
        observatory.note(
            .denied(
                Denial(
                    principal: nil, address: address, action: .connect, rule: "connect.credential", reason: reason,
                    outcome: "connection closed")),
            at: now)
        return patience
    }

    /// Time has passed: keep alive, expiry, wills, watches, leases. Called about ten times a second.
    package mutating func elapsed(at now: Moment) {
        latest = now
        drainOn(at: now)
        sayLateRefusals(at: now)
        if !isStopping { wakeSessions(at: now) }
        publishPostponedWills(at: now)
        sayDueWills(at: now)
        inspectConnections(at: now)
        weighMemory(at: now)
        resumePaced(at: now)
        cutOverdue(at: now)
        sayLosses(at: now)
        observatory.retained = retained.count
        observatory.pendingTickets = ledger.count
        observatory.elapsed(at: now, into: &effects)
        statisticsElapsed(at: now)
        adminElapsed(at: now)
    }

    /// A line of the server's own, for the ring that the console shows.
    package mutating func logged(_ line: LogLine, at now: Moment) {
        latest = now
        observatory.remember(line, at: now)
    }

}
