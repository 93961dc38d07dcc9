import AdminProtocol
import Ledger

/// What one run came to: a line of JSON.
struct Report {
    var seed: UInt64
    var store: String
    var verdict: Verdict
    var faults: Int
    /// Sorted.
    var recoveries: [Int64]
    /// What is wrong and no matter of the books.
    var complaints: [String]
    /// Where the evidence lies, if the run failed.
    var kept: String?

    var holds: Bool { verdict.holds && complaints.isEmpty }

    /// What a person wants to know if it does not hold, at most so many lines of it.
    func reasons(_ most: Int = 10) -> [String] {
        let all = complaints + verdict.violations.map { "\($0.invariant.rawValue) \($0.what)" }
        let more = all.count > most ? ["and \(all.count - most) more"] : []
        return Array(all.prefix(most)) + more + (kept.map { ["the evidence is in \($0)"] } ?? [])
    }

    func json(_ name: String) -> JSON {
        var violated: [String: Int64] = [:]
        for violation in verdict.violations { violated[violation.invariant.rawValue, default: 0] += 1 }
        return .object([
            JSON.Member("run", .string(name)), JSON.Member("seed", .int(Int64(truncatingIfNeeded: seed))),
            JSON.Member("store", .string(store)), JSON.Member("holds", .bool(holds)),
            JSON.Member("faults", .int(Int64(faults))), JSON.Member("workers", .int(Int64(verdict.workers))),
            JSON.Member("connections", .int(Int64(verdict.connections))),
            JSON.Member("sent", .int(Int64(verdict.sent))), JSON.Member("resent", .int(Int64(verdict.resent))),
            JSON.Member("acknowledged", .int(Int64(verdict.acknowledged))),
            JSON.Member("stored", .int(Int64(verdict.stored))), JSON.Member("lost", .int(Int64(verdict.lost))),
            JSON.Member("explained_duplicates", .int(Int64(verdict.explainedDuplicates))),
            JSON.Member("unexplained_duplicates", .int(Int64(verdict.unexplainedDuplicates))),
            JSON.Member("refused", .int(Int64(verdict.refused))),
            JSON.Member("first_ack_ms_p50", .int(recoveries.share(0.5) / 1_000)),
            JSON.Member("first_ack_ms_p99", .int(recoveries.share(0.99) / 1_000)),
            JSON.Member("first_ack_ms_max", .int((recoveries.last ?? 0) / 1_000)),
            JSON.Member(
                "violations",
                .object(violated.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .int($0.value)) })),
            JSON.Member("complaints", .array(complaints.map { .string($0) })),
            JSON.Member("kept", kept.map { .string($0) } ?? .null),
        ])
    }
}

extension [Int64] {
    /// The value below which `share` of these sorted values lie; 0 of none.
    func share(_ share: Double) -> Int64 {
        guard !isEmpty else { return 0 }
        return self[Swift.min(count - 1, Swift.max(0, Int(Double(count) * share)))]
    }
}
