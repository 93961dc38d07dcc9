import AdminProtocol
import MQTT

/// How connections end, and what is left of them.
extension Broker {
    /// Says goodbye in the way of the client's version, and lets go: nothing of `connection` is read any more.
    mutating func close(
        _ connection: Connection, _ reason: ReasonCode?, as gone: GoneReason, _ detail: String, fireWill: Bool = true,
        at now: Moment
    ) {
        guard connection.phase != .closing else { return }
        let wasConnected = connection.phase == .connected
        // [MQTT-3.14.0-1]: never before a CONNACK that accepts.
        if connection.awaitsWill {
            // Nothing was promised yet, and nothing may come before CONNACK. [MQTT-3.2.0-1]
            connection.outbox.removeAll()
        } else if wasConnected, connection.version == .v5, let reason {
            let why: Properties = connection.wantsReasons ? [.reasonString(Array(detail.utf8))] : []
            send(.disconnect(Disconnect(reason: reason, properties: why)), to: connection, at: now)
        }
        connection.phase = .closing
        effects.closes.append(connection.id)
        release(connection, at: now)
        if wasConnected {
            detach(connection, as: gone, detail, fireWill: fireWill, at: now)
        }
    }

    /// What others wait for from it, or it holds for itself, is let go.
    mutating func release(_ connection: Connection, at now: Moment) {
        connection.remainder = []
        connection.aliases = []
        connection.aliasesOut = AliasesOut()
        connection.lastTopic = nil
        connection.pending.removeAll()
        connection.pendingOnce = 0
        eased(connection)
        letGo(connection, at: now)
    }

    /// The session has no connection any more: it ends, or waits to be taken up again. [MQTT-3.1.2-8]
    mutating func detach(
        _ connection: Connection, as gone: GoneReason, _ detail: String, fireWill: Bool = true, at now: Moment
    ) {
        guard let session = connection.session else { return }
        if gone.isOwnFault { failed(connection, session.clientID, at: now) }
        session.connection = nil
        connection.session = nil
        connection.record = nil
        if !connection.isAdmin { tallies.detached() }
        var willSent = false
        if leavesWill(of: session, gone, fireWill: fireWill) {
            // Said after the next start, or superseded then.
        } else if !fireWill {
            forgetWill(of: session)
        } else if postponeWill(of: session, connection, as: gone, at: now) {
            // Said when the queue is back and the client is not.
        } else if let will = session.will {
            let delay = min(will.properties.willDelayInterval ?? 0, session.expiry)
            if delay == 0 {
                session.will = nil
                willSent = publish(will, of: session, at: now)
            } else {
                session.willDueAt = now.nanoseconds + Int64(delay) * 1_000_000_000
                loseClient(of: session, at: now)
            }
        }
        observatory.note(.gone(session.record, reason: gone, detail: detail, willSent: willSent), at: now)
        if observatory.wouldLog(.info, .connection, session.record) {
            observatory.log(
                .info, .connection, "client gone", client: session.record,
                fields: [
                    ("client", DisplayText.of(session.clientID.bytes)), ("connection", connection.peer.address),
                    ("reason", gone.rawValue), ("detail", DisplayText.of(detail)),
                ], at: now, into: &effects)
        }
        // Lighter messages are not part of the state that is kept. [MQTT-4.1.0-1]
        dropLightMessages(of: session)
        if session.expiry == 0 {
            end(session, at: now)
        } else {
            session.expiresAt =
                session.expiry == .max ? .max : now.nanoseconds + Int64(session.expiry) * 1_000_000_000
            session.wake &+= 1
            deadlines.add(session, at: min(session.willDueAt, session.expiresAt))
        }
    }

    /// The session is over: nothing of it stays, and a will that still waited is published. [MQTT-4.1.0-2]
    mutating func end(_ session: Session, at now: Moment) {
        session.wake &+= 1
        let bequests = bequests(of: session, at: now)
        for entry in session.subscriptions.values { tree.remove(entry) }
        session.subscriptions = [:]
        session.filterQueue { _ in false }
        session.inFlight.removeAll()
        session.unreleased = [:]
        if let place = sessions.index(forKey: session.key), sessions[place].value === session {
            sessions.remove(at: place)
        }
        bequeath(bequests, at: now)
        if let will = session.will {
            session.will = nil
            _ = publish(will, of: session, at: now)
        } else {
            forgetWill(of: session)
        }
    }

    /// Sessions whose will is due, or whose time is over.
    mutating func wakeSessions(at now: Moment) {
        // More than half of it is void then, so each sweep pays for itself.
        if deadlines.count > 64 + 2 * sessions.count { deadlines.forgetVoid() }
        while let session = deadlines.due(at: now.nanoseconds) {
            guard session.connection == nil else { continue }
            if session.willDueAt <= now.nanoseconds, let will = session.will {
                session.will = nil
                session.willDueAt = .max
                _ = publish(will, of: session, at: now)
            }
            if session.expiresAt <= now.nanoseconds {
                tallies.expired += 1
                end(session, at: now)
            } else {
                deadlines.add(session, at: min(session.willDueAt, session.expiresAt))
            }
        }
    }

    /// A third of the connections: deadlines are less than half a second late, and nobody looks at all of them at once.
    mutating func inspectConnections(at now: Moment) {
        for place in stride(from: round, to: connections.places, by: 3) {
            guard let connection = connections.at(place) else { continue }
            heldInRound += footprint(of: connection)
            inspect(connection, at: now)
        }
        round = (round + 1) % 3
        guard round == 0 else { return }
        (heldByConnections, heldInRound) = (heldInRound, 0)
    }

    private mutating func inspect(_ connection: Connection, at now: Moment) {
        let age = (now.nanoseconds - connection.waitingSince) / 1_000_000
        switch connection.phase {
        case .closing: return
        case .awaitingConnect:
            // One deadline from accept on, whatever came. [T-02]
            if now.milliseconds(since: connection.peer.acceptedAt) >= limits.connectDeadline {
                close(connection, nil, as: .other, "no CONNECT in time", at: now)
            }
            return
        case .connected: break
        }
        if connection.awaitsWill, now.milliseconds(since: connection.connectedAt) >= limits.willPatience {
            return refuseUnkept(connection, at: now)
        }
        if !connection.held.isEmpty, (now.nanoseconds - connection.heldSince) / 1_000_000 > limits.patience {
            connection.isStalled = true
            letGo(connection, at: now)
        }
        if connection.isListed, age > limits.outboxAge {
            return cutSlow(connection, at: now)
        }
        if connection.isListed, age > limits.congestion { congested(connection, for: age, at: now) }
        if connection.pauses.contains(.memory), mayGoOn(connection, at: now) {
            resume(connection, .memory, at: now)
        }
        if connection.pauses.isEmpty {
            // [MQTT-3.1.2-22]
            if connection.silence > 0, now.nanoseconds - connection.lastIn >= connection.silence {
                close(connection, .keepAliveTimeout, as: .keepAlive, "silent for 1.5 times its keep alive", at: now)
            }
        } else if connection.pauses.contains(.queue),
            (now.nanoseconds - connection.queuePausedSince) / 1_000_000 > limits.queuePatience
        {
            close(connection, .serverBusy, as: .queueTrouble, "the message queue is unavailable", at: now)
        }
    }

    /// Who was not read for want of memory is read for a moment now and then, for what it acknowledges gives memory back;
    /// when it is the durable queue that holds too much, waiting helps more. [T-70]
    private func mayGoOn(_ connection: Connection, at now: Moment) -> Bool {
        guard pressure > .none else { return true }
        guard pressure < .severe || heldForQueue * 2 < held else { return false }
        return (now.nanoseconds - connection.pausedSince) / 1_000_000 > limits.memoryPause
    }

    /// The will cannot be written down, so the client is not let in: it would believe what does not hold.
    private mutating func refuseUnkept(_ connection: Connection, at now: Moment) {
        connection.awaitsWill = false
        connection.outbox.removeAll()
        connection.isListed = false
        let why: Properties = [.reasonString(Array("the will cannot be stored".utf8))]
        send(.connAck(ConnAck(reason: .serverBusy, properties: why)), to: connection, at: now)
        close(connection, nil, as: .queueTrouble, "its will cannot be stored", fireWill: false, at: now)
    }

    /// Ends who reads more slowly than it is written to; what was under way stays in the session. [T-24]
    private mutating func cutSlow(_ connection: Connection, at now: Moment) {
        connection.outbox.removeAll()
        // [MQTT-3.2.0-1]: nothing comes before CONNACK, and that may be what was not taken.
        let reason: ReasonCode? = connection.hasTaken ? .quotaExceeded : nil
        close(connection, reason, as: .slowConsumer, "does not read what it is sent", at: now)
    }

    mutating func cutOverdue(at now: Moment) {
        while let connection = overdue.popLast() {
            if connection.phase == .connected { cutSlow(connection, at: now) }
        }
    }

    /// What was given up is said once for many.
    mutating func sayLosses(at now: Moment) {
        guard !losers.isEmpty else { return }
        for session in losers where session.dropped > 0 {
            sayLoss(of: session.dropped, "queue full", session.record, at: now)
            session.dropped = 0
        }
        losers.removeAll()
    }

    /// Messages for a client, or of one, are given up: counted, an event and a log line. [T-24]
    mutating func sayLoss(of count: Int64, _ reason: String, _ record: ClientRecord, at now: Moment) {
        observatory.note(.dropped(record, count: count, reason: reason), at: now)
        observatory.log(
            .error, .session, "messages were given up", client: record,
            fields: [("count", "\(count)"), ("reason", reason)], at: now, into: &effects)
    }

    /// An operator cuts a connection. [admin topic, kick]
    package mutating func cut(
        _ id: ConnectionID, reason: ReasonCode, fireWill: Bool, cleanSession: Bool, at now: Moment
    ) {
        latest = now
        guard let connection = connections[id], let session = connection.session else { return }
        if cleanSession { session.expiry = 0 }
        close(connection, reason, as: .kicked, "kicked by an operator", fireWill: fireWill, at: now)
    }
}
