import MQTT

/// The end of the broker: its clients are told one after another, so that they do not all come back at once. [T-72]
extension Broker {
    /// The broker stops. Clients are told within `span` milliseconds, evenly: DISCONNECT 0x8B, or 0x9C with the server
    /// they should use; MQTT 3.1.1 has no words for it and is closed. Wills are left to the next start. [T-62]
    package mutating func stopping(over span: Int64 = 0, insteadUse server: [UInt8]? = nil, at now: Moment) {
        latest = now
        guard !isStopping else { return }
        isStopping = true
        let all = connections.all
        for connection in all where connection.phase == .awaitingConnect {
            close(connection, nil, as: .stopping, "the broker stops", at: now)
        }
        sayLateRefusals(all: true, at: now)
        // Operators last: they want to see it.
        let others = all.filter { !$0.isAdmin && $0.phase == .connected }.map(\.id)
        let operators = all.filter { $0.isAdmin && $0.phase == .connected }.map(\.id)
        drain = Drain(
            since: now, span: span, total: others.count + operators.count, server: server,
            remaining: Array((others + operators).reversed()))
        drainOn(at: now)
    }

    /// Whoever was not told yet is told now.
    package mutating func stoppingAtOnce(at now: Moment) {
        latest = now
        drain?.span = 0
        drainOn(at: now)
    }

    /// Time has passed since the broker began to stop.
    mutating func drainOn(at now: Moment) {
        guard var drain else { return }
        self.drain = nil
        let due = drain.due(at: now)
        while drain.told < due, let id = drain.remaining.popLast() {
            drain.told += 1
            drain.held.append(id)
        }
        let isLate = now.milliseconds(since: drain.since) >= drain.span + limits.drainPatience
        drain.held = drain.held.filter { id in
            guard let connection = connections[id], connection.phase == .connected else { return false }
            if connection.waitingTickets > 0, !isLate {
                pause(connection, .stopping, at: now)
                return true
            }
            tell(connection, drain.server, at: now)
            return false
        }
        if !drain.remaining.isEmpty || !drain.held.isEmpty { self.drain = drain }
    }

    private mutating func tell(_ connection: Connection, _ server: [UInt8]?, at now: Moment) {
        guard let server else {
            return close(connection, .serverShuttingDown, as: .stopping, "the broker stops", fireWill: false, at: now)
        }
        if connection.version == .v5, !connection.awaitsWill {
            let packet = Disconnect(reason: .useAnotherServer, properties: [.serverReference(server)])
            send(.disconnect(packet), to: connection, at: now)
        }
        close(connection, nil, as: .stopping, "the broker stops", fireWill: false, at: now)
    }
}
