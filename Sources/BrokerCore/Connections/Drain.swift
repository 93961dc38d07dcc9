/// Clients on their way to be told that the broker stops, a share of them with each step.
struct Drain {
    /// When it began.
    let since: Moment
    /// Milliseconds in which all are told.
    var span: Int64
    let total: Int
    /// Where clients should go instead; nil for nowhere.
    let server: [UInt8]?
    /// The next one is last.
    var remaining: [ConnectionID]
    var told = 0
    /// Whose turn came while something they sent was not committed: their PUBACK first.
    var held: [ConnectionID] = []

    /// How many are to have been told by now.
    func due(at now: Moment) -> Int {
        let elapsed = now.milliseconds(since: since)
        guard elapsed < span else { return total }
        return min(total, Int(Int64(total) * elapsed / span) + 1)
    }
}
