/// How fast a client publishes: so many messages and bytes a second, at most a second's worth at once. [T-25]
struct Pace {
    /// When what was said so far is paid for, by `Moment.nanoseconds`.
    private var messagesPaid: Int64 = 0
    private var bytesPaid: Int64 = 0

    private static let second: Int64 = 1_000_000_000

    /// Counts one message, and says whether the client has said more than it may.
    mutating func exceeds(_ limits: Limits, adding bytes: Int, at now: Moment) -> Bool {
        messagesPaid = max(messagesPaid, now.nanoseconds) &+ Pace.second / Int64(max(1, limits.workerMessagesPerSecond))
        let price = Int64(bytes) &* Pace.second / Int64(max(1, limits.workerBytesPerSecond))
        bytesPaid = max(bytesPaid, now.nanoseconds) &+ price
        return max(messagesPaid, bytesPaid) &- now.nanoseconds > Pace.second
    }

    /// Whether enough is paid for to go on: a tenth of a second's worth, or every message would be waited for.
    func mayGoOn(at now: Moment) -> Bool {
        max(messagesPaid, bytesPaid) &- now.nanoseconds <= Pace.second / 10 * 9
    }
}
