import AdminProtocol
import MQTT

/// A refusal that is said later, to one who failed again and again.
struct LateRefusal {
    let id: ConnectionID
    /// By `Moment.nanoseconds`.
    let dueAt: Int64
}

/// Who fails again and again is answered later and later. [T-22]
extension Broker {
    /// Whether `connection` is heard; who is not is refused, now or in a while, and none of the work of CONNECT is done.
    mutating func isHeard(_ connection: Connection, _ packet: Connect, at now: Moment) -> Bool {
        guard let identity = Penalties.Identity(connection.peer, packet.clientID),
            penalties.rest(of: identity, at: now) > 0
        else { return true }
        let patience = penalties.patience(for: identity, at: now)
        denied(
            Denial(
                principal: connection.peer.principal, clientID: packet.clientID.bytes,
                address: connection.peer.address, action: .connect, rule: "connect.penalty",
                reason: "it failed too often",
                outcome: outcome(of: .connectionRateExceeded, connection)), at: now)
        // No stranger: it has said who it is, and its address has room for others meanwhile.
        leaveDoor(connection, at: now)
        connection.phase = .closing
        release(connection, at: now)
        let refusal = LateRefusal(id: connection.id, dueAt: now.nanoseconds + patience * 1_000_000)
        if patience == 0 {
            say(refusal, at: now)
        } else {
            effects.readings.append(.pause(connection.id))
            lateRefusals.append(refusal)
        }
        return false
    }

    /// `clientID` failed on `connection`, and nobody else is to blame.
    mutating func failed(_ connection: Connection, _ clientID: ClientID, at now: Moment) {
        guard let identity = Penalties.Identity(connection.peer, clientID) else { return }
        penalties.failed(identity, at: now)
    }

    /// Refusals whose time has come, or all of them.
    mutating func sayLateRefusals(all: Bool = false, at now: Moment) {
        guard !lateRefusals.isEmpty else { return }
        let isDue = { (refusal: LateRefusal) in all || refusal.dueAt <= now.nanoseconds }
        for refusal in lateRefusals where isDue(refusal) { say(refusal, at: now) }
        lateRefusals.removeAll(where: isDue)
    }

    private mutating func say(_ refusal: LateRefusal, at now: Moment) {
        guard let connection = connections[refusal.id] else { return }
        answer(connection, refusal: .connectionRateExceeded, "it failed too often", at: now)
        effects.closes.append(connection.id)
    }

    /// It is no stranger any more, although it was not let in.
    private mutating func leaveDoor(_ connection: Connection, at now: Moment) {
        guard connection.isStranger else { return }
        connection.isStranger = false
        if let source = connection.peer.source { admission.left(source, at: now) }
    }
}
