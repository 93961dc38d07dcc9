import MQTT

@testable import BrokerCore

extension DoorWorld {
    /// What the broker counted is what happened, and what it remembers is bounded.
    func checkCounts() throws(Violation) {
        let figures = broker.statistics(at: now)
        try demand(
            figures.strangers == book.allStrangers,
            "\(figures.strangers) strangers are counted, and \(book.allStrangers) are there")
        for refusal in Admission.Refusal.allCases {
            let counted = figures.refused.first { $0.name == refusal.name }?.count ?? 0
            try demand(
                counted == book.refused[refusal] ?? 0, "\(refusal): \(counted) are counted, not \(book.refused)")
        }
        let denied = Dictionary(uniqueKeysWithValues: figures.denied.map { ($0.name, $0.count) })
        try demand(denied == book.denied, "\(denied) are counted, and \(book.denied) were denied")
        // Those for whom there is no room are one.
        try demand(broker.admission.count <= limits.sources + 1, "\(broker.admission.count) addresses are remembered")
        try demand(broker.penalties.count <= limits.identities, "\(broker.penalties.count) identities are remembered")
    }

    /// Everybody goes: nothing is left at the door, and nobody is shut out for ever.
    func everybodyGoes() throws(Violation) {
        // Nothing moves any more: who waits learns what becomes of it.
        try pass(milliseconds: 300)
        try callIn()
        try demand(outside.isEmpty, "\(outside.count) wait for ever")
        let isStopped = chance(30)
        if isStopped {
            seen.insert(.stopped)
            broker.stopping(at: now)
            try perform()
        }
        for call in calls {
            if call.phase == .entered { try turnAway(call) }
            try end(call, .peerClosed)
        }
        try pass(milliseconds: limits.penaltyPatience)
        try demand(book.allStrangers == 0 && calls.isEmpty, "the street is empty")
        try demand(broker.connections.count == 0, "\(broker.connections.count) connections are left")
        try demand(broker.lateRefusals.isEmpty, "\(broker.lateRefusals.count) refusals are left")
        try checkCounts()
        guard !isStopped else { return }
        try pass(milliseconds: limits.longestPenalty)
        for visitor in visitors where visitor.manner == .good || visitor.manner == .clumsy {
            try comeBack(visitor)
        }
        try checkCounts()
    }
}
