import MQTT

/// A will that waits until its client has had the time to come back.
struct PostponedWill {
    let will: Will
    /// Kept for what it says of the client; it may be over otherwise.
    let session: Session
    /// By `Moment.nanoseconds`.
    let dueAt: Int64
}

/// While the durable queue is away we send workers away, and let none in: their wills would call them dead.
///
/// A server may put wills off when it fails itself. Who is back before that is not reported. [T-61] [MQTT-3.1.2-8]
extension Broker {
    /// Takes the will out of `session` if its client may have gone because of us.
    mutating func postponeWill(of session: Session, _ connection: Connection, as gone: GoneReason, at now: Moment) {
        guard let will = session.will, isOurs(gone, connection) else { return }
        session.will = nil
        let delay = max(Int64(will.properties.willDelayInterval ?? 0) * 1_000, limits.willGrace)
        postponedWills[session.key] = PostponedWill(
            will: will, session: session, dueAt: now.nanoseconds + delay * 1_000_000)
    }

    /// Those whose clients did not come back in time after the queue did.
    mutating func publishPostponedWills(at now: Moment) {
        guard !postponedWills.isEmpty, troubleSince == nil,
            troubleEndedAt == .min || now.nanoseconds - troubleEndedAt >= limits.willGrace * 1_000_000
        else { return }
        // In the order in which they are due.
        let due = postponedWills.filter { $0.value.dueAt <= now.nanoseconds }.sorted { $0.value.dueAt < $1.value.dueAt }
        for (key, postponed) in due {
            postponedWills[key] = nil
            _ = publish(postponed.will, of: postponed.session, at: now)
        }
    }

    private func isOurs(_ gone: GoneReason, _ connection: Connection) -> Bool {
        switch gone {
        case .queueTrouble: return true
        case .socketClosed, .socketFailed, .keepAlive: return troubleSince != nil && needsQueue(connection)
        case .clientClosed, .clientClosedWithWill, .takenOver, .malformed, .protocolError, .quotaExceeded,
            .packetTooLarge, .notAuthorized, .slowConsumer, .memory, .kicked, .revoked, .stopping, .other:
            return false
        }
    }

    /// Whether what it publishes goes to the durable queue.
    func needsQueue(_ connection: Connection) -> Bool {
        connection.isWorker || (configuration.openQueue && connection.peer.principal == .open)
    }
}
