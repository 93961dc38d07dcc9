import AdminProtocol

/// How often one principal may ask and change something. [AD-15]
struct Allowances {
    struct Rate {
        let perSecond: Int
        let burst: Int
        /// Seconds in which so many come back; one unless said otherwise.
        var per = 1
    }

    /// A console with all its watches opens and closes a dozen at once when its view changes.
    static let requests = Rate(perSecond: 50, burst: 100)
    static let changes = Rate(perSecond: 1, burst: 5)
    /// Requests that cannot be read or ask for nothing there is; whoever sends more is no console of ours.
    static let mistakes = Rate(perSecond: 10, burst: 10, per: 60)
    private static let principals = 1_000

    private struct Bucket {
        var tokens: Double
        var at: Int64

        init(_ rate: Rate, at now: Moment) {
            tokens = Double(rate.burst)
            at = now.nanoseconds
        }

        mutating func take(_ rate: Rate, at now: Moment) -> Bool {
            let elapsed = Double(max(0, now.nanoseconds &- at)) / 1e9
            tokens = min(Double(rate.burst), tokens + elapsed * Double(rate.perSecond) / Double(rate.per))
            at = now.nanoseconds
            guard tokens >= 1 else { return false }
            tokens -= 1
            return true
        }
    }

    private var asking: [String: Bucket] = [:]
    private var changing: [String: Bucket] = [:]
    private var mistaking: [String: Bucket] = [:]

    mutating func takesRequest(of name: String, at now: Moment) -> Bool {
        Allowances.take(Allowances.requests, of: name, from: &asking, at: now)
    }

    mutating func takesChange(of name: String, at now: Moment) -> Bool {
        Allowances.take(Allowances.changes, of: name, from: &changing, at: now)
    }

    /// False for one mistake too many.
    mutating func takesMistake(of name: String, at now: Moment) -> Bool {
        Allowances.take(Allowances.mistakes, of: name, from: &mistaking, at: now)
    }

    private static func take(
        _ rate: Rate, of name: String, from buckets: inout [String: Bucket], at now: Moment
    ) -> Bool {
        if buckets[name] == nil, buckets.count >= principals { buckets.removeAll() }
        var bucket = buckets[name] ?? Bucket(rate, at: now)
        defer { buckets[name] = bucket }
        return bucket.take(rate, at: now)
    }
}
