import MQTT

/// Output is gathered per connection and leaves once a tick; who does not take it holds up who writes it.
extension Broker {
    /// Before anything is put into the outbox: once a tick, the connection is listed for the server.
    @inline(__always)
    mutating func list(_ connection: Connection, at now: Moment) {
        guard !connection.isListed else { return }
        connection.isListed = true
        connection.waitingSince = now.nanoseconds
        if connection.outbox.capacity == 0, let spare = spares.take() { connection.outbox = spare }
        if !connection.awaitsWill { effects.writes.append(connection.id) }
    }

    /// Sends a packet that is not a message. What the client finds too large goes without its properties, or not at
    /// all. [MQTT-3.2.2-19, MQTT-3.1.2-24]
    mutating func send(_ packet: Packet, to connection: Connection, at now: Moment) {
        list(connection, at: now)
        if !connection.isAdmin { tallies.packetsSent &+= 1 }
        let start = connection.outbox.count
        packet.encode(into: &connection.outbox, version: connection.version)
        guard connection.outbox.count - start > connection.packetOut else { return }
        connection.outbox.removeLast(connection.outbox.count - start)
        let bare = packet.withoutReasons.encoded(connection.version)
        if bare.count <= connection.packetOut { connection.outbox.append(contentsOf: bare) }
    }

    /// PUBACK and its like, in four bytes.
    @inline(__always)
    mutating func acknowledge(_ type: PacketType, _ id: UInt16, to connection: Connection, at now: Moment) {
        list(connection, at: now)
        if !connection.isAdmin { tallies.packetsSent &+= 1 }
        Acknowledgement.encode(type, id, into: &connection.outbox)
    }

    /// Nothing is read from `connection` until the reason is gone.
    mutating func pause(_ connection: Connection, _ reason: Connection.Pauses, at now: Moment) {
        guard connection.phase == .connected, !connection.pauses.contains(reason) else { return }
        if reason == .queue { connection.queuePausedSince = now.nanoseconds }
        if connection.pauses.isEmpty {
            connection.pausedSince = now.nanoseconds
            effects.readings.append(.pause(connection.id))
        }
        connection.pauses.insert(reason)
    }

    mutating func resume(_ connection: Connection, _ reason: Connection.Pauses, at now: Moment) {
        guard connection.pauses.contains(reason) else { return }
        connection.pauses.remove(reason)
        guard connection.pauses.isEmpty, connection.phase == .connected else { return }
        // It could not be heard: its silence begins anew. [T-61]
        connection.lastIn = now.nanoseconds
        effects.readings.append(.resume(connection.id))
    }

    /// A worker that says more than it may is not read until that is paid for. [T-25]
    @inline(__always)
    mutating func keepPace(_ connection: Connection, _ bytes: Int, at now: Moment) {
        guard connection.pace.exceeds(limits, adding: bytes, at: now), !connection.pauses.contains(.pace) else {
            return
        }
        paced.append(connection)
        pause(connection, .pace, at: now)
    }

    mutating func resumePaced(at now: Moment) {
        guard !paced.isEmpty else { return }
        for connection in paced where connection.phase == .connected && connection.pace.mayGoOn(at: now) {
            resume(connection, .pace, at: now)
        }
        paced.removeAll { !$0.pauses.contains(.pace) || $0.phase != .connected }
    }

    /// Output has waited for long: somebody should look before the connection is ended for it. [T-78]
    mutating func congested(_ connection: Connection, for milliseconds: Int64, at now: Moment) {
        guard !connection.isCongested, let record = connection.record else { return }
        connection.isCongested = true
        observatory.congested += 1
        let detail = "\(connection.outbox.count) bytes wait for \(milliseconds / 1_000) s"
        observatory.note(.congested(record, detail: detail), at: now)
    }

    /// It takes output again, or is gone.
    func eased(_ connection: Connection) {
        guard connection.isCongested else { return }
        connection.isCongested = false
        observatory.congested -= 1
    }

    /// `subscriber` has more than enough: `publisher` waits for it rather than that messages are dropped. [T-24]
    mutating func press(_ publisher: Connection?, for subscriber: Connection, at now: Moment) {
        guard let publisher, publisher !== subscriber, !subscriber.isStalled, !publisher.pauses.contains(.pressure)
        else { return }
        if subscriber.held.isEmpty { subscriber.heldSince = now.nanoseconds }
        subscriber.held.append(publisher)
        pause(publisher, .pressure, at: now)
    }

    /// `subscriber` has moved: whoever waits for it may go on, if it is far enough.
    mutating func relieve(_ subscriber: Connection, at now: Moment) {
        subscriber.isStalled = false
        guard !subscriber.held.isEmpty else { return }
        subscriber.heldSince = now.nanoseconds
        guard subscriber.outbox.count <= limits.outboxLow else { return }
        if let session = subscriber.session {
            guard session.queuedLate <= limits.queueHigh / 2, session.queuedBytes <= limits.queueHighBytes / 2 else {
                return
            }
        }
        letGo(subscriber, at: now)
    }

    /// Nobody waits for `subscriber` any more.
    mutating func letGo(_ subscriber: Connection, at now: Moment) {
        let held = subscriber.held
        subscriber.held = []
        for publisher in held { resume(publisher, .pressure, at: now) }
    }

    /// A message of the broker's own to one operator; false if there is no room for more at the moment. [AD-7]
    @discardableResult
    package mutating func sendToAdmin(
        _ id: ConnectionID, topic: [UInt8], payload: [UInt8], correlation: [UInt8]?, retain: Bool = false,
        isOwed: Bool = false,
        at now: Moment
    ) -> Bool {
        guard let connection = connections[id], connection.phase == .connected, connection.isAdmin,
            isOwed || connection.outbox.count <= limits.outboxHigh, let name = try? TopicName(validating: topic)
        else { return false }
        let isHeard =
            connection.adminFilters.contains { $0.matches(name) }
            || (connection.usesResponseTopic && topic.starts(with: Access.adminResponse))
        guard isHeard else { return true }
        var properties = Properties()
        if let correlation { properties.append(.correlationData(correlation)) }
        let packet = Packet.publish(Publish(topic: name, payload: payload, retain: retain, properties: properties))
        let bytes = packet.encoded(connection.version)
        guard bytes.count <= connection.packetOut else { return true }
        list(connection, at: now)
        connection.outbox.append(contentsOf: bytes)
        // An answer is never dropped: who does not take them is cut. [T-24]
        if connection.outbox.count > connection.outboxBound { overdue.append(connection) }
        connection.record?.sentMessages += 1
        connection.record?.sentBytes += Int64(payload.count)
        return true
    }
}

extension Packet {
    /// The packet without what only people read.
    fileprivate var withoutReasons: Packet {
        switch self {
        case .connAck(var packet):
            packet.properties.list.removeAll { $0.id == .reasonString || $0.id == .userProperty }
            return .connAck(packet)
        case .pubAck(let packet): return .pubAck(Acknowledgement(packetID: packet.packetID, reason: packet.reason))
        case .pubRec(let packet): return .pubRec(Acknowledgement(packetID: packet.packetID, reason: packet.reason))
        case .subAck(let packet): return .subAck(SubAck(packetID: packet.packetID, reasons: packet.reasons))
        case .unsubAck(let packet): return .unsubAck(UnsubAck(packetID: packet.packetID, reasons: packet.reasons))
        case .disconnect(let packet): return .disconnect(Disconnect(reason: packet.reason))
        case .connect, .publish, .pubRel, .pubComp, .subscribe, .unsubscribe, .pingRequest, .pingResponse, .auth:
            return self
        }
    }
}
