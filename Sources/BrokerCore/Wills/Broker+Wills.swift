import AdminProtocol
import MQTT

/// Wills that survive the broker: written down at CONNECT, crossed out when they were said or need not be.
///
/// When the broker itself goes away, its clients have not crashed. Their wills wait for the next start and a grace: who
/// is back by then has its will put into the queue marked as superseded, so that nobody takes it for a crash; whose
/// client stays away is said with the cause. Who was lost before the broker went was lost for no such cause. No will is
/// lost, and none overtakes a successor. [T-62, T-63]
extension Broker {
    /// The wills that an earlier start left behind; told before the first connection.
    ///
    /// A certificate may have been revoked while no broker was there to hear of it: its wills are not said. [T-34]
    package mutating func willsRecovered(
        _ wills: [KeptWill], at now: Moment, isInForce: (_ fingerprint: String) -> Bool = { _ in true }
    ) {
        latest = now
        for will in wills {
            observatory.passEpoch(will.name.epoch)
            guard will.fingerprint.map(isInForce) ?? true else {
                forgetWill(will.name)
                continue
            }
            let delay = Int64(will.will.properties.willDelayInterval ?? 0) * 1_000
            let wait = max(limits.willGrace, (will.left?.at ?? now.wall) + delay - now.wall)
            let dueAt = now.advanced(byMilliseconds: wait).nanoseconds
            willLedger.leave(will, of: Broker.key(of: will.name), dueAt: dueAt)
        }
    }

    /// So many of the deeds asked for are done and will stay done: whoever waited for that hears CONNACK.
    package mutating func willsKept(upTo done: UInt64, at now: Moment) {
        latest = now
        while let id = willLedger.kept(upTo: done) {
            guard let connection = connections[id], connection.awaitsWill else { continue }
            connection.awaitsWill = false
            if connection.isListed {
                connection.waitingSince = now.nanoseconds
                effects.writes.append(id)
            }
        }
    }

    /// Whether a will goes to the durable queue, and so has to be as durable itself.
    func isKept(_ will: Will?, _ worker: ULID?, _ connection: Connection) -> Bool {
        guard configuration.keepsWills, let will,
            case .allowed(.queued) = access.authorize(
                connection.peer.principal, as: worker, .will, will.topic.bytes)
        else { return false }
        return true
    }

    /// Writes the will of a new connection down; its CONNACK waits for that.
    mutating func rememberWill(of session: Session, _ connection: Connection) {
        guard connection.awaitsWill, let will = session.will else { return }
        let name = KeptWill.Name(
            pool: session.principal.pool, clientID: session.clientID, epoch: session.record.epoch)
        session.keptWill = name
        willLedger.ask(waiting: connection.id)
        effects.wills.append(.remember(KeptWill(name: name, will: will, fingerprint: session.fingerprint)))
    }

    /// The will of a session is not to be said any more.
    mutating func forgetWill(of session: Session) {
        session.will = nil
        guard let name = session.keptWill else { return }
        session.keptWill = nil
        forgetWill(name)
    }

    mutating func forgetWill(_ name: KeptWill.Name) {
        willLedger.ask()
        effects.wills.append(.forget(name))
    }

    /// The will of a session waits for the end of its delay: whatever becomes of the broker meanwhile, its client was
    /// lost before, and the delay runs from now. [MQTT-3.1.3-9]
    mutating func loseClient(of session: Session, at now: Moment) {
        guard let name = session.keptWill else { return }
        willLedger.ask()
        effects.wills.append(.lose(name, at: now.wall))
    }

    /// The broker goes, not the client: the will stays written down for the next start. False if it is not.
    func leavesWill(of session: Session, _ gone: GoneReason, fireWill: Bool) -> Bool {
        guard isStopping, session.keptWill != nil, fireWill || gone == .stopping else { return false }
        session.will = nil
        session.keptWill = nil
        return true
    }

    /// A client is back: what an earlier start owes it goes into the queue before anything it says itself.
    mutating func settleWills(of session: Session, at now: Moment) {
        guard willLedger.count > 0 else { return }
        for will in willLedger.take(session.key) {
            let delay = Int64(will.will.properties.willDelayInterval ?? 0) * 1_000
            if let left = will.left, delay > 0, now.wall < left.at + delay {
                // [MQTT-3.1.3-9]
                forgetWill(will.name)
            } else {
                sayWill(will, supersededBy: session.record.epoch, at: now)
            }
        }
    }

    /// Whose client did not come back in time is said.
    mutating func sayDueWills(at now: Moment) {
        guard willLedger.count > 0, !isStopping, couldBeBack(at: now) else { return }
        for will in willLedger.due(at: now.nanoseconds) { sayWill(will, supersededBy: nil, at: now) }
    }

    /// A pool's certificate is no longer good: nor is what its workers left behind. [T-34]
    ///
    /// A pool has one certificate at a time, so of wills whose certificate is not known those of the pool go with it.
    mutating func dropWills(of principal: Principal, fingerprint: String) {
        guard willLedger.count > 0, let pool = principal.pool else { return }
        let gone = willLedger.drop { will in
            will.fingerprint.map { $0 == fingerprint } ?? (will.name.pool == pool)
        }
        for will in gone { forgetWill(will.name) }
    }

    private mutating func sayWill(_ kept: KeptWill, supersededBy epoch: Int64?, at now: Moment) {
        let principal = Broker.principal(of: kept.name)
        let record = observatory.client(of: principal, clientID: kept.name.clientID.bytes)
        let mark = WillMark(name: kept.name, cause: kept.left?.cause, supersededBy: epoch)
        // Superseded ones are for the queue alone, where the mark can be read: to a subscriber it would be a crash.
        let audience: WillAudience = epoch == nil ? .everyone : .queueOnly
        let worker = kept.name.pool == nil ? nil : ULID(kept.name.clientID.bytes)
        let isSaid = publish(kept.will, principal, worker, record, from: nil, mark: mark, to: audience, at: now)
        guard isSaid, epoch == nil else { return }
        let cause = kept.left?.cause?.rawValue ?? GoneReason.other.rawValue
        observatory.record(.gone, record, reason: cause, detail: "not back after a restart, will sent", at: now)
    }

    private static func principal(of name: KeptWill.Name) -> Principal {
        name.pool.map { .worker(pool: $0) } ?? .open
    }

    private static func key(of name: KeptWill.Name) -> SessionKey {
        SessionKey(principal(of: name), name.clientID)
    }
}

/// Who hears a will.
enum WillAudience {
    case everyone
    case queueOnly
}

extension WillMark {
    /// The mark for subscribers, who see no more than the payload and the properties.
    var properties: [Property] {
        guard let cause else { return [] }
        return [.userProperty(name: Array("cause".utf8), value: Array(cause.rawValue.utf8))]
    }
}

extension Principal {
    /// The pool of a worker.
    var pool: ULID? {
        if case .worker(let pool) = self { pool } else { nil }
    }
}
