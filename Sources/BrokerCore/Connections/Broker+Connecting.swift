import AdminProtocol
import MQTT

/// CONNECT: who is it, may it, and which session is its.
extension Broker {
    mutating func connect(
        _ whole: RawSpan, _ header: FixedHeader, on connection: Connection, at now: Moment
    ) throws(MalformedPacket) {
        let packet: Connect
        do throws(MalformedPacket) {
            let most = connection.mostUserProperties
            guard case .connect(let decoded) = try Packet.decode(whole, version: .v5, mostUserProperties: most) else {
                return
            }
            packet = decoded
        } catch {
            refuseUnread(error, level: Connect.level(of: whole, header: header), connection, at: now)
            return
        }
        if !connection.isAdmin { tallies.connects += 1 }
        connection.version = packet.version
        if let asked = packet.properties.requestProblemInformation { connection.wantsReasons = asked }
        connection.packetOut = packet.properties.maximumPacketSize.map { Int($0) } ?? Int.max
        guard isHeard(connection, packet, at: now), let clientID = admit(packet, connection, at: now) else { return }
        let worker = connection.isWorker ? ULID(clientID.bytes) : nil
        guard admitWill(packet, clientID, worker, connection, at: now) else { return }
        let key = SessionKey(connection.peer.principal, clientID)
        let before = sessions[key]
        guard before != nil || sessions.count < limits.sessions else {
            return turnAway(connection, .quotaExceeded, packet, rule: "connect.sessions", "too many sessions", at: now)
        }
        if let before, !takeOver(before, packet, connection, at: now) { return }
        open(key, packet, clientID, worker, connection, before: before, at: now)
    }

    /// A CONNECT that cannot be read: MQTT 5 is told why, 3.1.1 is only closed. [MQTT-3.1.4-1]
    ///
    /// A level of 3 or 4 with its highest bit set is how bridges of Mosquitto introduce themselves; they try without it
    /// once they are told in the form of 3.1.1 that the level is not known.
    private mutating func refuseUnread(
        _ error: MalformedPacket, level: UInt8?, _ connection: Connection, at now: Moment
    ) {
        let isVersion = error.reason == .unsupportedProtocolVersion
        let isBridge = level.map { $0 == 0x83 || $0 == 0x84 } ?? false
        if let level, level >= 5, !isBridge {
            connection.version = .v5
            answer(connection, refusal: error.reason, error.what.description, at: now)
        } else if isVersion, error != Connect.anotherProtocol {
            connection.version = .v311
            answer(connection, refusal: error.reason, error.what.description, at: now)
        }
        let gone: GoneReason = isVersion ? .protocolError : .malformed
        close(connection, nil, as: gone, error.what.description, at: now)
    }

    /// The checks that need no session; says under which client id it comes in.
    private mutating func admit(_ packet: Connect, _ connection: Connection, at now: Moment) -> ClientID? {
        if packet.properties.authenticationMethod != nil {
            // [MQTT-4.12.0-1]
            failed(connection, packet.clientID, at: now)
            turnAway(
                connection, .badAuthenticationMethod, packet, rule: "connect.authentication",
                "no extended authentication is offered", at: now)
            return nil
        }
        if isStopping {
            turnAway(connection, .serverUnavailable, packet, rule: "connect.stopping", "the broker stops", at: now)
            return nil
        }
        let isAway = troubleSince.map { now.milliseconds(since: $0) > limits.queueGrace } ?? false
        if needsQueue(connection), isAway || ledger.bytes >= limits.queueBytes {
            turnAway(
                connection, .serverBusy, packet, rule: "connect.queue", "the message queue is unavailable", at: now)
            return nil
        }
        if pressure >= .severe, !connection.isAdmin {
            // [T-70]
            turnAway(connection, .serverBusy, packet, rule: "connect.memory", "memory is short", at: now)
            return nil
        }
        if connection.isWorker, ULID(packet.clientID.bytes) == nil {
            // [MQTT-3.1.3-8], [MQTT-3.1.3-9] (3.1.1)
            failed(connection, packet.clientID, at: now)
            turnAway(
                connection, .clientIdentifierNotValid, packet, rule: "connect.client-id",
                "the client id is not a worker's ULID", at: now)
            return nil
        }
        guard packet.clientID.isEmpty else { return packet.clientID }
        guard packet.version == .v5 || packet.cleanStart else {
            // [MQTT-3.1.3-8] (3.1.1)
            turnAway(
                connection, .clientIdentifierNotValid, packet, rule: "connect.client-id",
                "a session without a name cannot be kept", at: now)
            return nil
        }
        return assignedClientID(for: connection.peer.principal)
    }

    /// A new and unique client id. [MQTT-3.1.3-6, MQTT-3.2.2-16]
    private mutating func assignedClientID(for principal: Principal) -> ClientID? {
        while true {
            assigned += 1
            let digits = String(assigned)
            let number = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
            guard let id = ClientID("auto-\(configuration.instance)-\(number)") else { return nil }
            if sessions[SessionKey(principal, id)] == nil { return id }
        }
    }

    /// The will may only say what its client could say. [T-32]
    private mutating func admitWill(
        _ packet: Connect, _ clientID: ClientID, _ worker: ULID?, _ connection: Connection, at now: Moment
    ) -> Bool {
        guard let will = packet.will else { return true }
        if connection.isWorker, will.retain {
            failed(connection, clientID, at: now)
            // [MQTT-3.2.2-13]
            let reason: ReasonCode = packet.version == .v5 ? .retainNotSupported : .notAuthorized
            turnAway(
                connection, reason, packet, rule: "will.no-retain", "a worker's will is not retained", at: now)
            return false
        }
        // [T-07]
        guard will.topic.bytes.count(where: { $0 == .slash }) < limits.topicLevels else {
            let reason: ReasonCode = packet.version == .v5 ? .topicNameInvalid : .notAuthorized
            turnAway(
                connection, reason, packet, rule: "will.levels", "the will's topic has too many levels", at: now)
            return false
        }
        switch access.authorize(connection.peer.principal, as: worker, .will, will.topic.bytes) {
        case .allowed: return true
        case .refused(let refusal):
            failed(connection, clientID, at: now)
            let told = answer(connection, refusal: .notAuthorized, refusal.sentence, at: now)
            let record = observatory.client(of: connection.peer.principal, clientID: clientID.bytes)
            note(refusal, .will, will.topic.bytes, of: connection, record, clientID.bytes, told, at: now)
            close(connection, nil, as: .notAuthorized, refusal.sentence, at: now)
            return false
        }
    }

    /// Ends the connection that holds the session, unless two fight for it. [MQTT-3.1.4-3, T-23]
    private mutating func takeOver(
        _ session: Session, _ packet: Connect, _ connection: Connection, at now: Moment
    ) -> Bool {
        guard let older = session.connection else { return true }
        session.takeovers.removeAll { now.nanoseconds - $0 > limits.takeoverWindow * 1_000_000 }
        if session.takeovers.isEmpty, now.nanoseconds >= session.refusedUntil { session.refusals = 0 }
        // Suites on the open listener take over as they like.
        if !connection.isOpen, session.takeovers.count >= limits.takeovers || now.nanoseconds < session.refusedUntil {
            if now.nanoseconds >= session.refusedUntil {
                session.refusals += 1
                let seconds = Int64(1) << Int64(min(session.refusals, 5))
                session.refusedUntil = now.nanoseconds + seconds * 1_000_000_000
                let detail = "\(older.peer.address) and \(connection.peer.address)"
                observatory.note(.fought(session.record, detail: detail), at: now)
            }
            turnAway(
                connection, .connectionRateExceeded, packet, rule: "connect.takeover", "two clients fight for one id",
                at: now)
            return false
        }
        if !connection.isOpen { session.takeovers.append(now.nanoseconds) }
        observatory.note(
            .takenOver(session.record, from: older.peer.address, to: connection.peer.address), at: now)
        let detail = "by \(connection.peer.address)"
        close(older, .sessionTakenOver, as: .takenOver, detail, at: now)
        return true
    }

    /// Finds or makes the session, and says CONNACK.
    private mutating func open(
        _ key: SessionKey, _ packet: Connect, _ clientID: ClientID, _ worker: ULID?, _ connection: Connection,
        before: Session?, at now: Moment
    ) {
        // The one before may have ended with its connection.
        let known = before == nil ? nil : sessions[key]
        if packet.cleanStart, let known { end(known, at: now) }
        let principal = connection.peer.principal
        let kept = packet.cleanStart ? nil : known
        let session =
            kept
            ?? Session(
                key: key, principal: principal, worker: worker,
                record: observatory.client(of: principal, clientID: clientID.bytes))
        if let before, before !== session {
            (session.takeovers, session.refusals) = (before.takeovers, before.refusals)
        }
        sessions[key] = session
        // It is back: nothing is to be reported of it.
        dropPostponedWill(of: key)
        session.principal = principal
        session.fingerprint = connection.peer.fingerprint
        attach(session, packet, connection, at: now)
        connection.awaitsWill = isKept(packet.will, worker, connection)
        sendConnAck(packet, clientID, session, connection, isResumed: kept != nil, at: now)
        guard !connection.outbox.isEmpty else {
            // Not even CONNACK is as small as the client wants its packets. [MQTT-3.1.2-24]
            return close(
                connection, nil, as: .packetTooLarge, "CONNACK is larger than it takes", fireWill: false, at: now)
        }
        observatory.note(.connected(session.record, resumed: kept != nil), at: now)
        rememberWill(of: session, connection)
        settleWills(of: session, at: now)
        if observatory.wouldLog(.info, .connection, session.record) {
            observatory.log(
                .info, .connection, "client connected", client: session.record,
                fields: [
                    ("client", DisplayText.of(clientID.bytes)), ("connection", connection.peer.address),
                    ("version", packet.version == .v5 ? "5.0" : "3.1.1"),
                ], at: now, into: &effects)
        }
        if kept != nil { replay(session, at: now) }
    }

    private mutating func attach(
        _ session: Session, _ packet: Connect, _ connection: Connection, at now: Moment
    ) {
        connection.phase = .connected
        connection.connectedAt = now
        connection.isStranger = false
        connection.isPaced = connection.isWorker
        if let source = connection.peer.source { admission.introduced(source, at: now) }
        connection.session = session
        if !connection.isAdmin { tallies.attached() }
        connection.record = session.record
        connection.packetBound = connection.isOpen ? limits.openPacket : limits.workerPacket
        connection.outboxBound = connection.isWorker ? limits.workerOutbox : limits.openOutbox
        connection.receiveMaximum = receiveMaximum(of: connection.peer.principal)
        connection.aliasMaximum =
            connection.isOpen ? min(limits.openTopicAliases, limits.topicAliases) : limits.topicAliases
        connection.aliasesOut = AliasesOut(
            most: min(Int(packet.properties.topicAliasMaximum ?? 0), limits.aliasesOut))
        connection.silence = Int64(keepAlive(packet, connection)) * 1_500_000_000
        session.connection = connection
        session.wake &+= 1
        session.willDueAt = .max
        session.expiresAt = .max
        session.holdings = holdings
        forgetWill(of: session)
        session.will = packet.will
        session.expiry =
            switch packet.version {
            case .v311: packet.cleanStart ? 0 : limits.sessionExpiry
            case .v5: min(packet.properties.sessionExpiryInterval ?? 0, longestExpiry(of: session.principal))
            }
        session.receiveMaximum = Int(packet.properties.receiveMaximum ?? 65_535)
        session.quota = session.receiveMaximum
        session.resent = 0
        let view = session.view ?? SessionView(session)
        session.view = view
        session.record.session = view
        session.record.connection = facts(session, packet, connection)
    }

    /// Seconds; suites ask for more than anybody waits for, and expect to be granted it.
    func longestExpiry(of principal: Principal) -> UInt32 {
        principal == .open ? limits.openSessionExpiry : limits.sessionExpiry
    }

    private func receiveMaximum(of principal: Principal) -> Int {
        guard principal == .open, let ruled = configuration.openRules.receiveMaximum else {
            return limits.receiveMaximum
        }
        return Int(ruled)
    }

    /// Seconds, as we take them: our bound for MQTT 5, which can be told; AWS's for workers with 3.1.1. [T-20]
    private func keepAlive(_ packet: Connect, _ connection: Connection) -> UInt16 {
        let asked = packet.keepAlive
        let most: UInt16?
        switch (packet.version, connection.isOpen) {
        case (.v5, true): most = configuration.openRules.maximumKeepAlive
        case (.v311, true): most = nil
        case (.v5, false): most = limits.keepAlive
        case (.v311, false): most = limits.oldKeepAlive
        }
        guard let most, asked == 0 || asked > most else { return asked }
        return most
    }

    /// What a client that asks for it may put before its response topics: nobody else is told the same.
    private func responseInformation(_ packet: Connect, _ clientID: ClientID, _ connection: Connection) -> [UInt8]? {
        // A worker publishes on its own topic only, and identifiers of any length would not fit a property.
        guard connection.isOpen, packet.properties.requestResponseInformation == true,
            clientID.bytes.count <= 256
        else { return nil }
        return Array("response/".utf8) + clientID.bytes.flatMap { Array(hexDigits(of: $0).utf8) }
    }

    private func facts(_ session: Session, _ packet: Connect, _ connection: Connection) -> ConnectionFacts {
        let will = packet.will.map {
            ConnectionFacts.Will(
                topic: $0.topic.bytes, qos: $0.qos.rawValue, bytes: $0.payload.count,
                delay: Int64($0.properties.willDelayInterval ?? 0) * 1_000)
        }
        return ConnectionFacts(
            id: connection.id, peer: connection.peer, connectedAt: connection.connectedAt,
            version: packet.version.rawValue, keepAlive: connection.silence / 1_500_000,
            cleanStart: packet.cleanStart, sessionExpiry: Int64(session.expiry) * 1_000,
            receiveMaximum: session.receiveMaximum, will: will)
    }

    private mutating func sendConnAck(
        _ packet: Connect, _ clientID: ClientID, _ session: Session, _ connection: Connection, isResumed: Bool,
        at now: Moment
    ) {
        var properties = Properties()
        properties.list.reserveCapacity(8)
        if let asked = packet.properties.sessionExpiryInterval, asked != session.expiry {
            properties.append(.sessionExpiryInterval(session.expiry))
        }
        let keepAlive = keepAlive(packet, connection)
        if keepAlive != packet.keepAlive { properties.append(.serverKeepAlive(keepAlive)) }
        properties.append(.topicAliasMaximum(UInt16(clamping: connection.aliasMaximum)))
        if packet.clientID.isEmpty { properties.append(.assignedClientIdentifier(clientID.bytes)) }
        if let information = responseInformation(packet, clientID, connection) {
            properties.append(.responseInformation(information))
        }
        if connection.isWorker {
            properties.append(.retainAvailable(false))
            properties.append(.wildcardSubscriptionAvailable(false))
            properties.append(.sharedSubscriptionAvailable(false))
        }
        properties.append(.maximumPacketSize(UInt32(clamping: connection.packetBound)))
        properties.append(.receiveMaximum(UInt16(clamping: connection.receiveMaximum)))
        send(.connAck(ConnAck(sessionPresent: isResumed, properties: properties)), to: connection, at: now)
    }

    /// Refuses a CONNECT that could be read, and notes who was refused.
    private mutating func turnAway(
        _ connection: Connection, _ reason: ReasonCode, _ packet: Connect, rule: String, _ why: String, at now: Moment
    ) {
        let told = answer(connection, refusal: reason, why, at: now)
        denied(
            Denial(
                principal: connection.peer.principal, clientID: packet.clientID.bytes,
                address: connection.peer.address, action: .connect, rule: rule, reason: why, outcome: told), at: now)
        close(connection, nil, as: reason == .serverBusy ? .queueTrouble : .notAuthorized, why, at: now)
    }

    /// CONNACK with a refusal; says what the client was told.
    @discardableResult
    mutating func answer(
        _ connection: Connection, refusal reason: ReasonCode, _ why: String, at now: Moment
    ) -> String {
        let listed = reason.isListed(for: .connAck) ? reason : .unspecifiedError
        let properties: Properties = connection.wantsReasons ? [.reasonString(Array(why.utf8))] : []
        send(.connAck(ConnAck(reason: listed, properties: properties)), to: connection, at: now)
        return outcome(of: listed, connection)
    }

    /// What a client is told with CONNACK `reason`.
    func outcome(of reason: ReasonCode, _ connection: Connection) -> String {
        let code = connection.version == .v5 ? reason.rawValue : reason.connectReturnCode
        return "CONNACK \(hex(code)), connection closed"
    }
}

/// A byte as people write reason codes: `0x87`.
func hex(_ code: UInt8) -> String { "0x" + hexDigits(of: code) }

/// A byte in two digits: `87`.
func hexDigits(of byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return byte < 16 ? "0" + digits : digits
}
