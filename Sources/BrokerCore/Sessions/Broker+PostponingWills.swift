import MQTT

/// A will that waits until its client has had the time to come back.
struct PostponedWill {
    let will: Will
    /// Kept for what it says of the client; it may be over otherwise.
    let session: Session
    /// Under which it is written down, if it is.
    let kept: KeptWill.Name?
    /// By `Moment.nanoseconds`.
    let dueAt: Int64
}

/// While the durable queue is away we send workers away, and let none in: their wills would call them dead.
///
/// A server may put wills off when it fails itself. Who is back before that is not reported. [T-61] [MQTT-3.1.2-8]
extension Broker {
    /// Takes the will out of `session` if its client may have gone because of us; says whether it did.
    ///
    /// It stays written down: should the broker end before the queue is back, the next start says it. [T-62]
    mutating func postponeWill(
        of session: Session, _ connection: Connection, as gone: GoneReason, at now: Moment
    ) -> Bool {
        guard let will = session.will, isOurs(gone, connection) else { return false }
        let delay = max(Int64(will.properties.willDelayInterval ?? 0) * 1_000, limits.queueWillGrace)
        postponedWills[session.key] = PostponedWill(
            will: will, session: session, kept: session.keptWill, dueAt: now.nanoseconds + delay * 1_000_000)
        (session.will, session.keptWill) = (nil, nil)
        return true
    }

    /// Its client is back: it is not to be said.
    mutating func dropPostponedWill(of key: SessionKey) {
        guard !postponedWills.isEmpty, let postponed = postponedWills.removeValue(forKey: key),
            let name = postponed.kept
        else { return }
        forgetWill(name)
    }

    /// Those of the sessions that are no longer good. [T-34]
    mutating func dropPostponedWills(_ isGone: (Session) -> Bool) {
        let gone = postponedWills.filter { isGone($0.value.session) }
        for key in gone.keys { postponedWills[key] = nil }
        for name in gone.values.compactMap(\.kept).sorted(by: { $0.epoch < $1.epoch }) { forgetWill(name) }
    }

    /// Those whose clients did not come back in time after the queue did.
    mutating func publishPostponedWills(at now: Moment) {
        guard !postponedWills.isEmpty, !isStopping, couldBeBack(at: now) else { return }
        // In the order in which they are due; a whole fleet may have gone at one time, and no order is the dictionary's.
        let due = postponedWills.filter { $0.value.dueAt <= now.nanoseconds }
            .sorted { ($0.value.dueAt, $0.key) < ($1.value.dueAt, $1.key) }
        for (key, postponed) in due {
            postponedWills[key] = nil
            let session = postponed.session
            _ = publish(
                postponed.will, session.principal, session.worker, session.record, from: session,
                mark: postponed.kept.map { WillMark(name: $0) }, to: .everyone, at: now)
        }
    }

    /// Whether whom the durable queue kept away has had the time to come back.
    func couldBeBack(at now: Moment) -> Bool {
        guard troubleSince == nil else { return false }
        return troubleEndedAt == .min || now.nanoseconds - troubleEndedAt >= limits.queueWillGrace * 1_000_000
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
        connection.isWorker || (configuration.openQueue && connection.isOpen)
    }
}
