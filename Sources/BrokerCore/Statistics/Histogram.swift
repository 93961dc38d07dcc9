/// How often a span of time was so long: cumulative buckets, their sum and count, as Prometheus has them.
package struct Histogram: Equatable, Sendable {
    /// Upper bounds in nanoseconds, ascending; longer ones are in no bucket and in the count.
    package let bounds: [Int64]
    /// How many were in each bucket and in none before it.
    package private(set) var counts: [Int64]
    package private(set) var count: Int64 = 0
    /// Nanoseconds in all.
    package private(set) var sum: Int64 = 0

    package init(milliseconds bounds: [Double]) {
        self.bounds = bounds.map { Int64($0 * 1_000_000) }
        counts = Array(repeating: 0, count: bounds.count)
    }

    package mutating func observe(_ nanoseconds: Int64) {
        let span = max(0, nanoseconds)
        count &+= 1
        sum &+= span
        if let place = bounds.firstIndex(where: { span <= $0 }) { counts[place] &+= 1 }
    }
}
