import AdminProtocol
import Authority
import BrokerCore
import Glibc
import Logging
import MQTTTransport
import MessageQueue
import NIOCore

/// The one owner of the core: tells it what happens, and does what it says, once per turn of the event loop.
///
/// Confined to its loop; nothing in it decides.
final class BrokerLoop: @unchecked Sendable {
    let loop: Reactor
    @exclusivity(unchecked) private(set) var broker: Broker
    @exclusivity(unchecked) private(set) var clock = BrokerClock()
    private let log: ServerLog
    private let door: Doorkeeper
    private var queue: QueueWriter?
    private var keeper: TLSKeeper?
    private var expiry = CertificateExpiry()
    private var wills: WillKeeper?
    /// By the slot of their id; a slot is used again only after `ended`.
    @exclusivity(unchecked) private var connections: [ServerConnection?] = []
    @exclusivity(unchecked) private(set) var connectionCount = 0
    @exclusivity(unchecked) private var admitted = 0
    /// Sockets of peers that were turned away and wait for their end, unread. [T-22]
    private var waiting: [ObjectIdentifier: ServerConnection] = [:]
    /// Sockets that wait before they are let in, by their number. [T-72]
    private var guests: [Int32: Newcomer] = [:]
    /// How long they wait before they are asked for again.
    private static let courtesy = TimeAmount.milliseconds(5)
    /// Sockets of administrators' listeners that have not shown a certificate yet, the oldest first.
    private var unproven: [ServerConnection] = []
    private static let mostUnproven = 16
    private let mostConnections: Int
    /// Of those who are not let in.
    private var report: DoorReport
    /// When the last tick ended, and how late the next one may be. [T-76]
    private var tickedAt: Moment?
    private let lateness: Milliseconds
    @exclusivity(unchecked) private var effects = Effects()
    @exclusivity(unchecked) private var turnScheduled = false
    private var timer: RepeatedTask?
    private var ticks = 0
    private var stopped: (() -> Void)?
    /// What probes are told of this loop.
    private let health: Health
    /// How late its ticks were, ten times a second.
    private var lag = Histogram(milliseconds: [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000])
    private var tickDueAt: Int64?

    init(
        _ configuration: BrokerConfiguration, door: Doorkeeper, log: ServerLog, health: Health, mostConnections: Int,
        on loop: Reactor
    ) {
        self.loop = loop
        self.door = door
        self.log = log
        self.health = health
        self.mostConnections = mostConnections
        report = DoorReport(log)
        lateness = configuration.limits.lateness
        broker = Broker(configuration: configuration, at: BrokerClock().now)
    }

    /// Begins: from now on the core hears of time, of the queue and of who is who.
    func start(_ queue: QueueWriter, _ keeper: TLSKeeper, _ wills: WillKeeper, recovered: [KeptWill]) {
        loop.preconditionInEventLoop()
        self.queue = queue
        self.keeper = keeper
        self.wills = wills
        broker.willsRecovered(recovered, at: clock.now) { door.registry.principal(fingerprint: $0) != nil }
        broker.poolsChanged(door.registry.poolNames, at: clock.now)
        // Until the log closes. Whoever is referred to weakly costs more at every use.
        log.tell { line in
            self.loop.execute { self.broker.logged(line, at: self.clock.now) }
        }
        let tick = TimeAmount.milliseconds(BrokerLoop.tickMilliseconds)
        timer = loop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in self.tick() }
    }

    func committed(_ tickets: ClosedRange<Ticket>) {
        loop.execute {
            self.broker.committed(tickets, at: self.clock.now)
            self.schedule()
        }
    }

    /// So many deeds are safe on the disk: whoever waited for theirs is let in.
    func kept(upTo done: UInt64) {
        loop.execute {
            self.broker.willsKept(upTo: done, at: self.clock.now)
            self.schedule()
        }
    }

    /// Tells the clients, and calls back once all of them are gone, or did not go in time.
    ///
    /// Without a span, few clients are told at once, and many within five seconds: what hurts is thousands that come
    /// back in the same second. [T-72]
    func stop(over span: Int64?, insteadUse server: String?, _ done: @escaping () -> Void) {
        loop.preconditionInEventLoop()
        stopped = done
        let span = span ?? min(5_000, Int64(connectionCount) * 5)
        broker.stopping(over: span, insteadUse: server.map { Array($0.utf8) }, at: clock.now)
        turn()
        for guest in guests.values { close(guest) }
        guests = [:]
        loop.scheduleTask(in: .milliseconds(span + 4_000)) { self.finish() }
        if connectionCount == 0 { finish() }
    }

    /// Asked to stop once more: whoever was not told yet is told now.
    func hasten() {
        guard stopped != nil else { return }
        broker.stoppingAtOnce(at: clock.now)
        loop.scheduleTask(in: .milliseconds(1_500)) { self.finish() }
        schedule()
    }

    /// Does what the last events ask for; for the end, when nobody else turns the loop.
    func settle() {
        turn()
    }

    private func finish() {
        guard let done = stopped.take() else { return }
        timer?.cancel()
        log.tell(nil)
        for case let connection? in connections { connection.close(after: RawSpan()) }
        for connection in waiting.values { connection.close(after: RawSpan()) }
        done()
    }

    /// The figures for a scrape, but for what the system has to be asked about the process.
    func figures(_ queue: QueueMetrics) -> Instrumentation.Figures {
        loop.preconditionInEventLoop()
        let now = clock.now
        var figures = broker.statistics(at: now)
        figures.refused.append((name: "room", count: report.withoutRoomEver))
        return Instrumentation.Figures(statistics: figures, queue: queue, lag: lag)
    }

    // MARK: Time

    private static let tickMilliseconds: Int64 = 100

    private func tick() {
        clock.refresh()
        watchLateness()
        ticks &+= 1
        let now = Health.now()
        health.turned(at: now)
        if let tickDueAt { lag.observe(now - tickDueAt) }
        defer { tickDueAt = Health.now() + 100_000_000 }
        // Twice a second: a revoked certificate is refused, and its sessions closed, within one. [T-34]
        if ticks % 5 == 0 {
            lookAtRegistry()
            readCertificates(for: .look)
        }
        // Hourly: the broker's own certificate is made again long before its end.
        if ticks % 36_000 == 0 { readCertificates(for: .hour) }
        if ticks % 36_000 == 1 { warnOfExpiry() }
        if ticks % 10 == 0 { sumUp() }
        if ticks % 10 == 0, let queue { broker.queueChanged(queue.status, at: clock.now) }
        if ticks % 10 == 1, let memory = ProcessFigures.residentBytes() { broker.memoryChanged(memory, at: clock.now) }
        broker.elapsed(at: clock.now)
        schedule()
        tickedAt = clock.now
    }

    /// A tick that comes late says that everybody waited: something held the loop up. [T-76]
    private func watchLateness() {
        let now = clock.now
        guard let tickedAt else { return }
        let late = now.milliseconds(since: tickedAt) - BrokerLoop.tickMilliseconds
        guard late > lateness else { return }
        broker.late(by: late, at: now)
        log.logger(.broker).warning("the event loop came late", metadata: ["milliseconds": "\(late)"])
    }

    private func sumUp() {
        let now = clock.now
        guard let event = report.sumUp(besides: connectionCount, at: now) else { return }
        broker.happened("connections refused", event, at: now)
    }

    /// Reads certificates again, now.
    func reload() {
        readCertificates(for: .request)
    }

    private func readCertificates(for occasion: TLSKeeper.Occasion) {
        keeper?.read(for: occasion, on: loop, at: clock.now) { self.toldOfCertificates($0) }
    }

    private func toldOfCertificates(_ sentence: String) {
        broker.happened("certificates", sentence, at: clock.now)
        warnOfExpiry()
        schedule()
    }

    private func warnOfExpiry() {
        let now = clock.now
        for sentence in expiry.warnings((keeper?.expiries ?? []) + door.expiring, at: now.wall) {
            log.logger(.tls).warning("a certificate nears its end", metadata: ["reason": "\(sentence)"])
            broker.happened("certificates", sentence, at: now)
        }
    }

    private func lookAtRegistry() {
        door.look(on: loop, at: clock.now) { changes in
            let now = self.clock.now
            for revocation in changes.revoked {
                self.broker.revoked(revocation.principal, fingerprint: revocation.fingerprint, at: now)
            }
            if let pools = changes.pools { self.broker.poolsChanged(pools, at: now) }
            self.warnOfExpiry()
            self.schedule()
        }
    }

    // MARK: Turns

    private func schedule() {
        guard !turnScheduled else { return }
        turnScheduled = true
        // After what the sockets had for this turn: everything for one receiver leaves in one write.
        loop.execute { self.turn() }
    }

    private func turn() {
        turnScheduled = false
        guard broker.hasEffects else { return }
        swap(&broker.effects, &effects)
        if !effects.handOvers.isEmpty { queue?.submit(effects.handOvers) }
        if !effects.wills.isEmpty { wills?.submit(effects.wills) }
        // By place: going through an array itself would hold on to it.
        for place in 0..<effects.writes.count { write(to: effects.writes[place]) }
        for place in 0..<effects.closes.count { close(effects.closes[place]) }
        for id in effects.aborts { self.connection(id)?.abandon() }
        for reading in effects.readings {
            switch reading {
            case .pause(let id): connection(id)?.read(false)
            case .resume(let id): connection(id)?.read(true)
            }
        }
        if let level = effects.logLevel { log.level = level }
        if !effects.lines.isEmpty { log.write(effects.lines, at: clock.now.wall) }
        effects.removeAll()
        // A socket that broke while it was written to has told the core in between.
        if broker.hasEffects { schedule() }
    }

    private func write(to id: ConnectionID) {
        guard let connection = connection(id) else { return }
        // What it does not take stays with the core, which counts it and knows what is too much.
        guard connection.takesMore() else { return }
        // From the core's own buffer: a connection never answers before it returns.
        broker.takeOutput(of: id) { connection.send($0) }
        guard !connection.takesMore() else { return }
        broker.keeps(connection.unsentBytes, of: id)
    }

    private func close(_ id: ConnectionID) {
        guard let connection = connection(id) else { return }
        broker.takeOutput(of: id) { connection.close(after: $0) }
    }

    private func connection(_ id: ConnectionID) -> ServerConnection? {
        let slot = Int(id.slot)
        guard slot < connections.count, let connection = connections[slot], connection.tag == id.tag else { return nil }
        return connection
    }
}

// MARK: - What sockets say

extension BrokerLoop: ConnectionOwner {
    func arrived(_ newcomer: Newcomer) {
        guard stopped == nil else { return newcomer.close() }
        // Operators are let in where nobody else is: that is when they are needed. [T-71]
        let isOperator = door.isAdmin(newcomer.listener)
        guard admitted < mostConnections || isOperator else {
            report.foundNoRoom()
            return newcomer.close()
        }
        admitted += 1
        guard let source = newcomer.source else { return _ = newcomer.enter(from: nil) }
        guard !isOperator else { return letIn(newcomer) }
        let free = mostConnections - admitted
        usher(newcomer, by: broker.verdict(on: source, as: newcomer.descriptor, leaving: free, at: clock.now))
    }

    /// Nobody knows yet that it is an operator: few may take their time to show it, and who takes longest goes first. [T-02]
    private func letIn(_ newcomer: Newcomer) {
        let connection = newcomer.enter(from: nil)
        guard connection.isHandshaking else { return }
        unproven.append(connection)
        if unproven.count > BrokerLoop.mostUnproven { unproven.removeFirst().abandon() }
    }

    private func usher(_ newcomer: Newcomer, by verdict: Admission.Verdict) {
        switch verdict {
        case .enter: newcomer.enter(from: newcomer.source?.value)
        case .wait:
            guests[newcomer.descriptor] = newcomer
            if guests.count == 1 { callSoon() }
        case .refuse(let refusal):
            report.refused(because: refusal.rawValue)
            close(newcomer)
        }
    }

    private func close(_ newcomer: Newcomer) {
        admitted -= 1
        newcomer.close()
    }

    private func callSoon() {
        loop.scheduleTask(in: BrokerLoop.courtesy) { self.callGuests() }
    }

    private func callGuests() {
        for call in broker.called(at: clock.now) {
            guard let guest = guests.removeValue(forKey: call.guest) else { continue }
            if call.verdict == .enter, guest.hasHungUp {
                broker.hungUp(call.source)
                close(guest)
            } else {
                usher(guest, by: call.verdict)
            }
        }
        if !guests.isEmpty { callSoon() }
    }

    func opened(_ connection: ServerConnection, by facts: PeerFacts) {
        unproven.removeAll { $0 === connection }
        let acceptedAt = clock.moment(of: connection.acceptedAt)
        switch door.recognise(facts, at: connection.listener, acceptedAt: acceptedAt, now: clock.now) {
        case .success(var peer):
            peer.source = source(of: connection)
            let id = broker.accepted(peer, at: clock.now)
            let slot = Int(id.slot)
            while connections.count <= slot { connections.append(nil) }
            connections[slot] = connection
            connection.tag = id.tag
            connectionCount += 1
            schedule()
        case .failure(let refusal):
            let patience = turnAway(connection, facts.address, refusal.reason, fingerprint: refusal.fingerprint)
            wait(with: connection, milliseconds: patience)
        }
    }

    /// Keeps a socket whose peer was turned away, and hears nothing of it, until it is closed. [T-22]
    private func wait(with connection: ServerConnection, milliseconds: Int64) {
        // The core knows nobody of that name, whatever still comes.
        connection.tag = .max
        connection.read(false)
        waiting[ObjectIdentifier(connection)] = connection
        guard milliseconds > 0 else { return connection.close(after: RawSpan()) }
        let bound = NIOLoopBound(connection, eventLoop: loop)
        loop.scheduleTask(in: .milliseconds(milliseconds)) { bound.value.close(after: RawSpan()) }
    }

    func received(_ bytes: RawSpan, from connection: ServerConnection) {
        broker.received(bytes, from: ConnectionID(tag: connection.tag), at: clock.now)
    }

    func caughtUp() {
        // What asks for no answer, such as PUBACK, needs no turn.
        if broker.hasEffects { schedule() }
    }

    func becameWritable(_ connection: ServerConnection) {
        broker.keeps(0, of: ConnectionID(tag: connection.tag))
        write(to: ConnectionID(tag: connection.tag))
        caughtUp()
    }

    func ended(_ connection: ServerConnection, _ end: SocketEnd) {
        let id = ConnectionID(tag: connection.tag)
        guard self.connection(id) === connection else {
            if waiting.removeValue(forKey: ObjectIdentifier(connection)) != nil { admitted -= 1 }
            return
        }
        connections[Int(id.slot)] = nil
        connectionCount -= 1
        admitted -= 1
        switch end {
        case .peerClosed: broker.ended(id, .peerClosed, at: clock.now)
        case .failed(let why): broker.ended(id, .failed(why), at: clock.now)
        case .asked: broker.ended(id, .asked, at: clock.now)
        }
        schedule()
        if connectionCount == 0, stopped != nil { finish() }
    }

    func failed(_ connection: ServerConnection, _ reason: String) {
        admitted -= 1
        unproven.removeAll { $0 === connection }
        _ = turnAway(connection, connection.address, reason)
    }

    /// Nil for operators, who are never strangers.
    private func source(of connection: ServerConnection) -> Source? { connection.origin.map { Source($0) } }

    /// Says how long the socket is to wait for its end, in milliseconds.
    private func turnAway(
        _ connection: ServerConnection, _ address: String, _ reason: String, fingerprint: String? = nil
    ) -> Milliseconds {
        report.turnedAway(address, because: reason)
        defer { schedule() }
        return broker.turnedAway(
            address: address, from: source(of: connection), fingerprint: fingerprint, reason: reason, at: clock.now)
    }
}

extension Newcomer {
    /// Nil for a socket of this machine.
    fileprivate var source: Source? { withAddress { $0.isEmpty ? nil : Source(address: $0) } }
}

extension ConnectionID {
    /// As the transport carries it.
    fileprivate var tag: UInt64 { UInt64(generation) << 32 | UInt64(slot) }

    fileprivate init(tag: UInt64) {
        self.init(slot: UInt32(truncatingIfNeeded: tag), generation: UInt32(truncatingIfNeeded: tag >> 32))
    }
}
