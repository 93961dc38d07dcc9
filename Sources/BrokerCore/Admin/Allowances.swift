import AdminProtocol

/// How often one principal may ask and change something. [AD-15]
struct Allowances {
    struct Rate {
        let perSecond: Int
        let burst: Int
    }

    /// A console with all its watches opens and closes a dozen at once when its view changes.
    static let requests = Rate(perSecond: 50, burst: 100)
    static let changes = Rate(perSecond: 1, burst: 5)
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
            tokens = min(Double(rate.burst), tokens + elapsed * Double(rate.perSecond))
            at = now.nanoseconds
            guard tokens >= 1 else { return false }
            tokens -= 1
            return true
        }
    }

    private var asking: [String: Bucket] = [:]
    private var changing: [String: Bucket] = [:]

    mutating func takesRequest(of name: String, at now: Moment) -> Bool {
        Allowances.take(Allowances.requests, of: name, from: &asking, at: now)
    }

    mutating func takesChange(of name: String, at now: Moment) -> Bool {
        Allowances.take(Allowances.changes, of: name, from: &changing, at: now)
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
