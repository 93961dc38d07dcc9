import Ledger

/// What all runs of a command came to.
struct Totals {
    let kills: Int
    var killed = 0
    var runs = 0
    var failed = 0
    private let start = RunClock.steady()
    private var sum = Verdict()
    private var recoveries: [Int64] = []

    init(kills: Int) {
        self.kills = kills
    }

    mutating func add(_ report: Report) {
        runs += 1
        if !report.holds { failed += 1 }
        let verdict = report.verdict
        sum.sent += verdict.sent
        sum.resent += verdict.resent
        sum.acknowledged += verdict.acknowledged
        sum.stored += verdict.stored
        sum.lost += verdict.lost
        sum.explainedDuplicates += verdict.explainedDuplicates
        sum.unexplainedDuplicates += verdict.unexplainedDuplicates
        sum.refused += verdict.refused
        recoveries += report.recoveries
    }

    /// How it goes: the run that is going on is in `counts`, and not judged yet.
    func line(_ counts: Crew.Counts) -> String {
        let seconds = max(1, (RunClock.steady() - start) / 1_000_000)
        let rest = Int64(kills - killed) * seconds / Int64(max(1, killed))
        return "\(killed) of \(kills) kills, \(sum.sent + counts.sent) sent, "
            + "\(sum.acknowledged + counts.promised) acknowledged, \(sum.stored) stored and compared, \(sum.lost) lost, "
            + "\(sum.explainedDuplicates) + \(sum.unexplainedDuplicates) duplicates, \(rest) s to go"
    }

    var text: String {
        let sorted = recoveries.sorted()
        return """
            \(killed) kills in \(runs) runs and \((RunClock.steady() - start) / 1_000_000) s: \(sum.sent) sent, \
            \(sum.acknowledged) acknowledged, \(sum.stored) stored, \(sum.lost) lost
            duplicates: \(sum.explainedDuplicates) explained, \(sum.unexplainedDuplicates) unexplained; \
            refused \(sum.refused); runs that failed: \(failed)
            kill to first acknowledgement: p50 \(sorted.share(0.5) / 1_000) ms, p99 \(sorted.share(0.99) / 1_000) ms, \
            max \((sorted.last ?? 0) / 1_000) ms
            """
    }
}
