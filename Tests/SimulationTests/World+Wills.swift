import BrokerCore
import MQTT

/// Wills: which must come, which must not yet, and which never.
extension World {
    /// A will that has to come now: nobody took it back.
    func fireWill(of link: Link) {
        guard link.phase == .open, let will = link.will, !book[will].isRevoked, book[will].sentAt == nil else { return }
        book[will].sentAt = step
        if !mayBePutOff(link) { book[will].acknowledgedAt = step }
    }

    /// A worker that went while the queue was away may not have meant to: its will may come later, or never. [T-61]
    private func mayBePutOff(_ link: Link) -> Bool {
        link.client.isWorker && (queue.isInTrouble || lastTrouble >= (link.closedStep ?? step))
    }

    /// A will that waits: neither before its time nor, if the client comes back by then, at all.
    func delayWill(of link: Link) {
        guard let will = link.will, link.willDelay > 0, link.expiry > 0, !book[will].isRevoked, !link.isRefused else {
            return
        }
        // A client that came back while its end was not yet known here may have ended the wait.
        guard !link.isAbandoned, !link.isRevoked, link.phase != .greeting else { return }
        let detached = (link.closedAt ?? now).wall
        book[will].notBefore = detached + min(link.willDelay, link.expiry) * 1_000
        book[will].sentAt = link.closedStep ?? step
        if mayBePutOff(link) { link.client.uncertainWills.append(will) } else { link.client.waitingWills.append(will) }
    }

    /// Wills whose client did not come back in time were said by now; unless it did, and did not hear the answer.
    func tellWills() {
        for client in clients where !client.isUncertain {
            for will in client.waitingWills where book[will].notBefore + 1_000 < now.wall && client.link == nil {
                note("the will \(will) of \(client.name) must have come")
                book[will].acknowledgedAt = step
                client.waitingWills.removeAll { $0 == will }
            }
        }
    }

    /// The sessions of `client` end: its wills need not wait any more.
    func letWillsCome(of client: SimulatedClient) {
        for will in client.waitingWills + client.uncertainWills { book[will].notBefore = .min }
        client.waitingWills = []
        client.uncertainWills = []
    }

    /// The client is back: what waited for that is never said.
    func takeWillsBack(of client: SimulatedClient, at time: Int64) {
        for will in client.waitingWills where time < book[will].notBefore { book[will].isRevoked = true }
        client.waitingWills = []
    }
}
