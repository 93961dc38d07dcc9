import AdminProtocol
@testable import BrokerCore
import MQTT

extension FuzzTarget {
    /// The whole core: bytes read as a script of packets, time, sockets that end, and a queue that commits late.
    static let session = FuzzTarget(name: "session") { input in
        var script = Script(input)
        let play = Play()
        var steps = 0
        while !script.isAtEnd, steps < 200 {
            play.step(&script)
            steps += 1
        }
        play.finish()
    }
}

/// One run of the script: a broker, its sockets, and what each socket was sent.
private final class Play {
    private var broker: Broker
    private var now = Moment(nanoseconds: 1_000_000_000_000, wall: 1_763_812_800_000)
    private var links: [Link] = []
    private var lastTicket: Ticket = 0
    private var committed: Ticket = 0
    /// Every filter a client asked for, by who it is: what it gets must match one.
    private var filters: [String: [[UInt8]]] = [:]
    /// How often the broker ended a connection of one identity: it failed no more often than that.
    private var closures: [Identity: Int] = [:]
    private var refused: Int64 = 0
    /// Who waits at the door, by number.
    private var waiting: [Int32: Source] = [:]
    private var guests: Int32 = 0
    private var turnedAway: Int64 = 0

    private struct Identity: Hashable {
        let principal: String
        let claimed: [UInt8]
        let source: Source?

        init(_ link: Link) {
            principal = "\(link.principal)"
            claimed = link.claimed ?? []
            source = link.source
        }
    }

    /// The first is a socket of this machine; the second and the third are one address, however it is written.
    private static let sources: [Source?] = [
        nil, Source(address: [10, 0, 0, 1]),
        Source(address: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, 1]),
        Source(address: [0x20, 1, 0xD, 0xB8] + [UInt8](repeating: 0, count: 12)), Source(address: [10, 0, 0, 2]),
    ]
    private static let pool = ULID(high: 1, low: 2)
    private static let workers = [ULID(high: 3, low: 4), ULID(high: 3, low: 5)]
    private static let names = ["a", "b", "c", workers[0].description, workers[1].description, ""]
    private static let topics = [
        "t", "t/u", "/", "$SYS/x", "t/\u{E9}", "$CONTROL/broker/v1",
        "spacelift/writeonly/\(pool)/\(workers[0])", "spacelift/writeonly/\(pool)/\(workers[1])",
        "spacelift/readonly/\(pool)/\(workers[0])",
    ]
    private static let patterns =
        topics + [
            "#", "+", "t/#", "+/+", "$share/g/t", "$share/g/#", "$share/h/+/u", "$CONTROL/broker/v1/stream",
            "spacelift/writeonly/#", "$SYS/#",
        ]
    private static let payloads: [[UInt8]] = [
        [], [0], Array("text".utf8), Array(#"{"type":"heartbeat","busy":true,"timestamp":1}"#.utf8),
        [UInt8](repeating: 7, count: 300), Array(#"{"v":1,"id":"1","cmd":"overview"}"#.utf8),
    ]

    init() {
        var limits = Limits()
        limits.receiveMaximum = 4
        limits.unreleased = 4
        // Nobody stays for ever here: in the end nothing may be left.
        limits.openSessionExpiry = limits.sessionExpiry
        limits.queued = 12
        limits.queueHigh = 6
        limits.retained = 4
        limits.topics = 8
        limits.sessions = 8
        limits.subscriptions = 8
        limits.workerSubscriptions = 3
        limits.denials = 3
        limits.outboxHigh = 1_000
        limits.outboxLow = 200
        limits.openOutbox = 4_000
        limits.workerOutbox = 4_000
        limits.waitingBytes = 600
        (limits.strangers, limits.strangersPerSource, limits.sources) = (6, 4, 2)
        (limits.strangersAtOnce, limits.introductions, limits.waitingAtDoor) = (2, 1, 3)
        (limits.failuresPerSource, limits.failuresPerSecond) = (6, 2)
        (limits.failuresPerIdentity, limits.identities, limits.penalised) = (2, 2, 1)
        broker = Broker(configuration: BrokerConfiguration(openQueue: true, limits: limits), at: now)
    }

    func step(_ script: inout Script) {
        let choice = script.byte()
        guard let link = links.isEmpty ? nil : links[Int(choice >> 5) % links.count] else {
            accept(&script)
            return
        }
        switch choice & 0x1F {
        case 0: if links.count < 8 { accept(&script) }
        case 1, 2: send(connect(&script), to: link)
        case 3, 4: send(subscribe(&script, link), to: link)
        case 5: send(unsubscribe(&script), to: link)
        case 6...10: send(publish(&script, link), to: link)
        case 11...14: acknowledge(&script, link)
        case 15: send(.pingRequest, to: link)
        case 16: send(disconnect(&script), to: link)
        case 17: receive(script.take(script.below(48)), from: link)
        case 18: pass(Int64(script.byte()) * 50)
        case 19: pass(Int64(script.byte()) * 20_000)
        case 20: end(link, script.one(of: [.peerClosed, .failed("reset"), .asked]))
        case 21, 22: commit(upTo: committed + Ticket(script.below(4)))
        case 23: broker.queueChanged(QueueStatus(trouble: script.flag() ? "down" : nil), at: now)
        case 24, 25: link.isStuck.toggle()
        case 26: revoke(link, &script)
        case 27:
            broker.cut(
                link.id, reason: .administrativeAction, fireWill: script.flag(), cleanSession: script.flag(), at: now)
        case 28: if script.byte() == 0xAA { broker.stopping(at: now) }
        case 29: turnAway(Int(choice >> 5))
        case 30: broker.poolsChanged(script.flag() ? [Play.pool: "blue"] : [:], at: now)
        default: link.isFragmenting = script.flag()
        }
        perform()
        checkDoor()
    }

    /// Everybody leaves, and time goes by: nothing may be left. [T-44]
    func finish() {
        for link in links {
            link.isStuck = false
            end(link, .peerClosed)
            perform()
        }
        broker.queueChanged(QueueStatus(), at: now)
        commit(upTo: lastTicket)
        for _ in 0..<2 {
            now = now.advanced(byMilliseconds: 8 * 86_400_000)
            broker.elapsed(at: now)
            perform()
            // Wills that were due only now.
            commit(upTo: lastTicket)
        }
        callIn()
        law(waiting.isEmpty, "\(waiting.count) wait for ever")
        checkDoor()
        law(broker.admission.strangers == 0, "\(broker.admission.strangers) strangers are left")
        law(broker.lateRefusals.isEmpty, "\(broker.lateRefusals.count) refusals are left")
        law(broker.sessions.isEmpty, "\(broker.sessions.count) sessions are left")
        law(broker.connections.count == 0, "\(broker.connections.count) connections are left")
        law(broker.tree.size == 1, "\(broker.tree.size) nodes of filters are left")
        law(broker.ledger.count == 0, "\(broker.ledger.count) tickets are left")
        law(broker.deadlines.count == 0, "\(broker.deadlines.count) deadlines are left")
    }

    // MARK: What the script can do

    private func accept(_ script: inout Script) {
        let principals: [Principal] = [
            .open, .open, .open, .worker(pool: Play.pool), .worker(pool: Play.pool), .backend(name: "backend"),
            .admin(name: "ada", role: .operator),
        ]
        let choice = Int(script.byte())
        let principal = principals[choice % principals.count]
        let source = Play.sources[choice / principals.count % Play.sources.count]
        guard enters(source) else { return }
        let listener: Peer.Listener = principal == .open ? .open : .workers
        let id = broker.accepted(
            Peer(
                listener: listener, principal: principal, address: "10.0.0.1:\(links.count)",
                fingerprint: "\(principal)", source: source, acceptedAt: now), at: now)
        law(!links.contains { $0.id == id }, "two connections have one name")
        links.append(Link(id: id, principal: principal, source: source))
        perform()
    }

    /// Whether the door lets a socket in; who has to wait has gone when it is called.
    private func enters(_ source: Source?) -> Bool {
        guard let source else { return true }
        guests += 1
        switch broker.verdict(on: source, as: guests, leaving: 2, at: now) {
        case .enter: return true
        case .wait:
            waiting[guests] = source
            return false
        case .refuse:
            refused += 1
            return false
        }
    }

    /// Those who wait no longer.
    private func callIn() {
        for call in broker.called(at: now) {
            law(waiting.removeValue(forKey: call.guest) == call.source, "somebody is called who does not wait")
            switch call.verdict {
            case .enter: broker.hungUp(call.source)
            case .wait: law(false, "somebody is called to wait")
            case .refuse: refused += 1
            }
        }
    }

    /// TLS found nobody it knows.
    private func turnAway(_ choice: Int) {
        let source = Play.sources[choice % Play.sources.count]
        guard enters(source) else { return }
        turnedAway += 1
        let patience = broker.turnedAway(
            address: "10.0.0.9:1", from: source, fingerprint: choice > 3 ? "bad" : nil, reason: "nobody knows it",
            at: now)
        law(patience == 0 || turnedAway > 1, "nobody waits for a first failure")
        law((0...broker.limits.penaltyPatience).contains(patience), "a socket is to wait for \(patience) ms")
    }

    /// What is remembered of those at the door is bounded, and what is counted happened. [T-22]
    private func checkDoor() {
        let present = links.count { !$0.isEnded && $0.source != nil }
        law(broker.admission.strangers <= present, "\(broker.admission.strangers) strangers of \(present) sockets")
        law(broker.admission.count <= broker.limits.sources + 1, "\(broker.admission.count) addresses are remembered")
        law(broker.penalties.count <= broker.limits.identities, "\(broker.penalties.count) identities are remembered")
        law(broker.admission.refused.values.reduce(0, +) == refused, "\(refused) were refused")
        law(broker.observatory.deniedByRule["connect.credential"] ?? 0 == turnedAway, "\(turnedAway) were turned away")
    }

    private func connect(_ script: inout Script) -> Packet {
        let flags = script.byte()
        let version: ProtocolVersion = flags & 1 == 0 ? .v5 : .v311
        var properties = Properties()
        if flags & 2 != 0 { properties.append(.sessionExpiryInterval(UInt32(script.byte()) * 60)) }
        if flags & 4 != 0 { properties.append(.receiveMaximum(UInt16(script.below(4)) + 1)) }
        if flags & 8 != 0 { properties.append(.maximumPacketSize(UInt32(script.byte()) + 1)) }
        if flags & 16 != 0 { properties.append(.topicAliasMaximum(UInt16(script.byte()))) }
        if flags & 128 != 0 { properties.append(.requestProblemInformation(false)) }
        var will: Will?
        if flags & 32 != 0, let topic = TopicName(script.one(of: Play.topics)) {
            let delay: Properties = script.flag() ? [.willDelayInterval(UInt32(script.byte()))] : []
            will = Will(
                topic: topic, payload: script.one(of: Play.payloads), qos: qos(&script), retain: script.flag(),
                properties: version == .v5 ? delay : [])
        }
        let name = ClientID(script.one(of: Play.names))
        return .connect(
            Connect(
                version: version, clientID: name ?? Play.nobody, cleanStart: flags & 64 != 0,
                keepAlive: UInt16(script.byte() & 0x3F), properties: version == .v5 ? properties : [], will: will))
    }

    private static let nobody: ClientID = {
        guard let name = ClientID("nobody") else { preconditionFailure("nobody is a name") }
        return name
    }()

    private func subscribe(_ script: inout Script, _ link: Link) -> Packet {
        var subscriptions: [Subscription] = []
        for _ in 0...script.below(3) {
            guard let filter = TopicFilter(script.one(of: Play.patterns)) else { continue }
            let options = script.byte()
            subscriptions.append(
                Subscription(
                    filter: filter, maximumQoS: QoS(rawValue: options & 3) ?? .exactlyOnce,
                    noLocal: link.version == .v5 && options & 4 != 0 && !filter.isShared,
                    retainAsPublished: link.version == .v5 && options & 8 != 0,
                    retainHandling: link.version == .v5
                        ? Subscription.RetainHandling(rawValue: options >> 4 & 3) ?? .send : .send))
        }
        let identifier = script.below(4)
        return .subscribe(
            Subscribe(
                packetID: UInt16(script.byte()) + 1, subscriptions: subscriptions,
                properties: identifier > 0 ? [.subscriptionIdentifier(identifier)] : []))
    }

    private func unsubscribe(_ script: inout Script) -> Packet {
        var filters: [TopicFilter] = []
        for _ in 0...script.below(3) {
            if let filter = TopicFilter(script.one(of: Play.patterns)) { filters.append(filter) }
        }
        return .unsubscribe(Unsubscribe(packetID: UInt16(script.byte()) + 1, filters: filters))
    }

    private func publish(_ script: inout Script, _ link: Link) -> Packet {
        let flags = script.byte()
        let qos = QoS(rawValue: flags & 3) ?? .exactlyOnce
        var properties = Properties()
        if flags & 4 != 0 { properties.append(.topicAlias(UInt16(script.below(20)) + 1)) }
        if flags & 8 != 0 { properties.append(.messageExpiryInterval(UInt32(script.byte()))) }
        if flags & 16 != 0 { properties.append(.userProperty(name: [0x61], value: [0x62])) }
        let hasNoName = flags & 32 != 0 && flags & 4 != 0 && link.version == .v5
        return .publish(
            Publish(
                topic: hasNoName ? nil : TopicName(script.one(of: Play.topics)),
                payload: script.one(of: Play.payloads), qos: qos, retain: flags & 64 != 0,
                duplicate: flags & 128 != 0 && qos != .atMostOnce,
                packetID: qos == .atMostOnce ? 0 : UInt16(script.below(8)) + 1, properties: properties))
    }

    /// Mostly what is due, sometimes what nobody asked for.
    private func acknowledge(_ script: inout Script, _ link: Link) {
        let choice = script.byte()
        let due = link.outstanding.sorted { $0.key < $1.key }
        if choice < 0xE0, !due.isEmpty {
            let (id, state) = due[Int(choice) % due.count]
            let reason: ReasonCode = choice & 0x10 != 0 && link.version == .v5 ? .unspecifiedError : .success
            switch state {
            case .once: send(.pubAck(Acknowledgement(packetID: id, reason: reason)), to: link)
            case .twice: send(.pubRec(Acknowledgement(packetID: id, reason: reason)), to: link)
            case .released: send(.pubComp(Acknowledgement(packetID: id)), to: link)
            }
        } else {
            let answer = Acknowledgement(packetID: UInt16(script.below(10)) + 1)
            let packets: [Packet] = [.pubAck(answer), .pubRec(answer), .pubRel(answer), .pubComp(answer)]
            send(script.one(of: packets), to: link)
        }
    }

    private func disconnect(_ script: inout Script) -> Packet {
        let choice = script.byte()
        let reason: ReasonCode = choice & 1 == 0 ? .success : .disconnectWithWill
        let properties: Properties = choice & 2 == 0 ? [] : [.sessionExpiryInterval(UInt32(choice))]
        return .disconnect(Disconnect(reason: reason, properties: properties))
    }

    private func revoke(_ link: Link, _ script: inout Script) {
        guard script.byte() & 7 == 0 else { return }
        broker.revoked(link.principal, fingerprint: "\(link.principal)", at: now)
    }

    private func qos(_ script: inout Script) -> QoS { QoS(rawValue: UInt8(script.below(3))) ?? .atMostOnce }

    // MARK: Sockets, time, queue

    private func send(_ packet: Packet, to link: Link) {
        // What the link speaks changes only when the whole CONNECT is in: an answer to what came before may still be due.
        var version = link.version
        if case .connect(let connect) = packet, !link.hasSaidConnect { version = connect.version }
        let bytes = packet.encoded(version)
        guard link.isFragmenting else { return receive(bytes, from: link) }
        for byte in bytes {
            receive([byte], from: link)
            perform()
        }
    }

    private func receive(_ bytes: [UInt8], from link: Link) {
        guard !link.isEnded else { return }
        link.note(sent: bytes, filters: &filters)
        broker.received(bytes.span.bytes, from: link.id, at: now)
    }

    private func end(_ link: Link, _ how: ConnectionEnd) {
        guard !link.isEnded else { return }
        link.isEnded = true
        broker.ended(link.id, how, at: now)
    }

    private func pass(_ milliseconds: Int64) {
        now = now.advanced(byMilliseconds: milliseconds)
        broker.elapsed(at: now)
        callIn()
    }

    private func commit(upTo last: Ticket) {
        let last = min(last, lastTicket)
        guard last > committed else { return }
        broker.committed(committed + 1...last, at: now)
        committed = last
        perform()
    }

    /// Does what the broker says, as the server does; a socket that is stuck takes nothing.
    private func perform() {
        var rounds = 0
        repeat {
            rounds += 1
            law(rounds < 1_000, "the effects have no end")
            let effects = broker.effects
            broker.effects.removeAll()
            law(Set(effects.writes).count == effects.writes.count, "a connection is listed twice")
            for id in effects.writes { take(id) }
            for ticket in effects.handOvers.map(\.ticket) {
                law(ticket == lastTicket + 1, "ticket \(ticket) after \(lastTicket)")
                lastTicket = ticket
            }
            for id in effects.closes {
                guard let link = links.first(where: { $0.id == id }) else { return law(false, "a stranger is closed") }
                law(!link.isClosed, "a connection is closed twice")
                link.isClosed = true
                take(id)
                closures[Identity(link), default: 0] += 1
                if !link.isEnded {
                    link.isEnded = true
                    broker.ended(id, .asked, at: now)
                }
            }
        } while broker.hasEffects
    }

    private func take(_ id: ConnectionID) {
        guard let link = links.first(where: { $0.id == id }) else { return law(false, "a stranger is written to") }
        guard !link.isStuck || link.isClosed else { return }
        var bytes: [UInt8] = []
        broker.takeOutput(of: id) { bytes = $0.copy(0..<$0.byteCount) }
        let wasPenalised = link.isPenalised
        link.check(bytes, filters: filters)
        guard link.isPenalised, !wasPenalised else { return }
        let failures = closures[Identity(link)] ?? 0
        law(failures >= broker.limits.failuresPerIdentity, "\(failures) failures, and it is not heard")
        law(link.source != nil, "an operator is not heard")
    }
}
