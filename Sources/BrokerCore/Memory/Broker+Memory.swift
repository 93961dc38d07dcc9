import AdminProtocol
import MQTT

/// All that the broker holds for others has one bound, and long before it something is done. [T-70]
extension Broker {
    /// What one object of a kind takes beside the bytes in it, as measured.
    enum Footprint {
        static let connection = 4_096
        static let tls = 36_864
        static let session = 1_024
        static let retained = 512
    }

    /// Bytes held now. Connections are counted as of the last time round, at most half a second ago.
    var held: Int {
        holdings.messages + holdings.wills + heldByConnections + sessions.count * Footprint.session
            + retained.count * Footprint.retained
    }

    /// What one connection holds.
    func footprint(of connection: Connection) -> Int {
        Footprint.connection + (connection.peer.tls == nil ? 0 : Footprint.tls) + connection.outbox.capacity
            + connection.remainder.capacity + connection.waitingBytes
            + connection.aliases.reduce(0) { $0 + ($1?.name.count ?? 0) }
    }

    /// Takes the step that what is held asks for; called about ten times a second.
    mutating func weighMemory(at now: Moment) {
        // At the last step one after the other is ended; what they held is known at once.
        for _ in 0..<16 {
            let next = MemoryPressure.of(held, limits, before: pressure)
            if next != pressure { pressureChanged(to: next, at: now) }
            guard next == .full, endLargestConsumer(at: now) else { return }
        }
    }

    private mutating func pressureChanged(to next: MemoryPressure, at now: Moment) {
        pressure = next
        let percent = held / max(1, limits.memory / 100)
        observatory.memoryTrouble = next == .none ? nil : "\(percent) % in use, \(next.consequence)"
        observatory.note(.broker(reason: "memory", detail: "\(percent) % in use, \(next.consequence)"), at: now)
        observatory.log(
            next == .none ? .info : .error, .broker, "memory", client: nil,
            fields: [("percent", "\(percent)"), ("reason", next.consequence)], at: now, into: &effects)
    }

    /// Ends whoever holds most; false if nobody holds anything worth it.
    private mutating func endLargestConsumer(at now: Moment) -> Bool {
        var largest: (session: Session, bytes: Int)?
        for session in sessions.values {
            let output = session.connection.map { $0.outbox.capacity + $0.remainder.capacity + $0.waitingBytes } ?? 0
            let bytes = session.queuedBytes + session.inFlight.bytes + output
            if bytes > largest?.bytes ?? 65_536, session.connection?.isAdmin != true { largest = (session, bytes) }
        }
        guard let (session, bytes) = largest else { return false }
        if let connection = session.connection {
            heldByConnections -= connection.outbox.capacity + connection.remainder.capacity + connection.waitingBytes
            connection.outbox = []
            close(
                connection, connection.hasTaken ? .quotaExceeded : nil, as: .memory,
                "memory is full and it holds \(bytes) bytes", at: now)
        }
        // Its messages are what has to go; they are counted and told of. [T-24]
        let lost = Int64(session.queue.count + session.inFlight.outstanding)
        if lost > 0 {
            session.record.dropped &+= lost
            observatory.note(.dropped(session.record, count: lost, reason: "memory full"), at: now)
            observatory.log(
                .error, .session, "messages were given up", client: session.record,
                fields: [("count", "\(lost)"), ("reason", "memory full")], at: now, into: &effects)
        }
        if sessions[session.key] === session { end(session, at: now) }
        return true
    }
}
