/// The tickets on their way into the durable queue, and whose they are.
///
/// Acknowledgements follow the order of tickets: what is committed early waits for what came before it.
struct HandOverLedger {
    struct Waiting {
        var connection: ConnectionID?
        let bytes: Int
        /// When it was taken, by `Moment.nanoseconds`.
        let takenAt: Int64
        var isCommitted = false
        /// The will that was handed over, and need not be remembered when it is committed.
        var will: KeptWill.Name?
    }

    private var waiting = RingQueue<Waiting>()
    private var next: Ticket = 1
    /// Every ticket up to this one is committed.
    private(set) var settled: Ticket = 0

    var count: Int { waiting.count }
    /// Of all that wait.
    private(set) var bytes = 0

    mutating func issue(
        for connection: ConnectionID?, bytes: Int, will: KeptWill.Name? = nil, at now: Moment
    ) -> Ticket {
        defer { next += 1 }
        waiting.append(Waiting(connection: connection, bytes: bytes, takenAt: now.nanoseconds, will: will))
        self.bytes += bytes
        return next
    }

    /// `ticket` is waited for on another connection now.
    mutating func move(_ ticket: Ticket, to connection: ConnectionID) -> Waiting? {
        guard ticket > settled, ticket < next else { return nil }
        let place = Int(ticket - settled - 1)
        guard var entry = waiting[place] else { return nil }
        entry.connection = connection
        waiting[place] = entry
        return entry
    }

    /// What of `tickets` was never issued or is settled already is passed over.
    mutating func commit(_ tickets: ClosedRange<Ticket>) {
        let first = max(tickets.lowerBound, settled + 1)
        let last = min(tickets.upperBound, next - 1)
        guard first <= last else { return }
        for ticket in first...last {
            let place = Int(ticket - settled - 1)
            guard var entry = waiting[place] else { continue }
            entry.isCommitted = true
            waiting[place] = entry
        }
    }

    /// The next ticket that is committed, as are all before it.
    mutating func settle() -> Waiting? {
        guard let first = waiting.first, first.isCommitted else { return nil }
        settled += 1
        bytes -= first.bytes
        return waiting.popFirst()
    }
}
