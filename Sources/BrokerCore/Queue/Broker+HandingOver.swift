import AdminProtocol
import MQTT

/// Between the clients and the durable queue: a worker hears PUBACK when its message is committed, and not before.
extension Broker {
    /// Gives a message to the durable queue and says under which ticket.
    mutating func handOver(
        _ payload: [UInt8], pool: ULID, worker: ULID, for connection: Connection?, will: WillMark? = nil,
        at now: Moment
    ) -> Ticket {
        let ticket = ledger.issue(for: connection?.id, bytes: payload.count, will: will?.name, at: now)
        effects.handOvers.append(
            HandOver(ticket: ticket, pool: pool, worker: worker, payload: payload, receivedAt: now.wall, will: will))
        if let connection {
            connection.waitingTickets += 1
            connection.waitingBytes += payload.count
            if connection.waitingTickets >= limits.receiveMaximum || connection.waitingBytes >= limits.waitingBytes
                || ledger.bytes >= limits.queueBytes
            {
                pause(connection, .queue, at: now)
            }
        }
        return ticket
    }

    /// Answers a PUBLISH of QoS 1 or 2, after all that came before it. [MQTT-4.6.0-2, MQTT-4.6.0-3]
    @inline(__always)
    mutating func answer(
        _ id: UInt16, _ qos: QoS, _ ticket: Ticket, _ connection: Connection, at now: Moment
    ) {
        if ticket <= ledger.settled, connection.pending.isEmpty {
            acknowledge(qos.answer, id, to: connection, at: now)
        } else {
            connection.pending.append(Connection.PendingAnswer(ticket: ticket, packetID: id, qos: qos))
            if case .atLeastOnce = qos { connection.pendingOnce += 1 }
        }
    }

    /// The durable queue has committed these tickets.
    package mutating func committed(_ tickets: ClosedRange<Ticket>, at now: Moment) {
        latest = now
        ledger.commit(tickets)
        while let waiting = ledger.settle() {
            observatory.committed += 1
            if let will = waiting.will { forgetWill(will) }
            observatory.commitLatency.observe(now.nanoseconds - waiting.takenAt)
            guard let id = waiting.connection, let connection = connections[id] else { continue }
            connection.waitingTickets -= 1
            connection.waitingBytes -= waiting.bytes
            sendAnswers(connection, at: now)
            if connection.waitingTickets <= limits.receiveMaximum / 2,
                connection.waitingBytes <= limits.waitingBytes / 2
            {
                resume(connection, .queue, at: now)
            }
        }
        observatory.pendingTickets = ledger.count
    }

    private mutating func sendAnswers(_ connection: Connection, at now: Moment) {
        guard connection.phase == .connected else { return }
        while let next = connection.pending.first, next.ticket <= ledger.settled {
            _ = connection.pending.popFirst()
            if case .atLeastOnce = next.qos { connection.pendingOnce -= 1 }
            if next.reason == .success {
                acknowledge(next.qos.answer, next.packetID, to: connection, at: now)
            } else {
                refuse(next.qos, next.packetID, next.reason, nil, connection, at: now)
            }
        }
    }

    package mutating func queueChanged(_ status: QueueStatus, at now: Moment) {
        latest = now
        let before = observatory.queue
        observatory.queue = status
        if let warning = status.warning, warning != before.warning {
            observatory.note(.queueWarned(warning), at: now)
            logQueue("the queue is not safe", [("reason", warning)], at: now)
        }
        if before.depth != nil, status.deadLetters > before.deadLetters {
            let count = status.deadLetters - before.deadLetters
            observatory.note(.buried(count: count), at: now)
            logQueue("messages went to the dead letters", [("count", "\(count)")], at: now)
        }
        // How long it has lasted changes every second, and is no news.
        guard status.trouble?.filter({ !$0.isNumber }) != before.trouble?.filter({ !$0.isNumber }) else { return }
        if let trouble = status.trouble {
            if troubleSince == nil { troubleSince = now }
            logQueue("the queue does not commit", [("reason", trouble)], at: now)
        } else {
            if let since = troubleSince.take() { troubleEver += now.milliseconds(since: since) }
            troubleEndedAt = now.nanoseconds
            logQueue("the queue commits again", [], at: now)
        }
        observatory.note(.queue(trouble: status.trouble), at: now)
    }

    /// For whoever has no console: the queue is what every broker's log is about, whatever its level.
    private mutating func logQueue(
        _ message: String, _ fields: [(key: String, value: String)], at now: Moment
    ) {
        observatory.log(.error, .queue, message, fields: fields, at: now, into: &effects)
    }
}
