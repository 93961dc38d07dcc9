import BrokerCore

/// Makes ULIDs that grow, even within one millisecond and when the clock goes back. [T-75]
package struct ULIDGenerator: Sendable {
    private var last: ULID?

    package init() {}

    /// The next ULID: 48 bits of `milliseconds`, 80 bits of `random`.
    package mutating func next(at milliseconds: Int64, using random: inout some RandomNumberGenerator) -> ULID {
        let time = UInt64(clamping: milliseconds) & 0xFFFF_FFFF_FFFF
        var next = ULID(high: time << 16 | UInt64(UInt16.random(in: .min ... .max, using: &random)), low: random.next())
        if let last, next <= last {
            let (low, carried) = last.low.addingReportingOverflow(1)
            next = ULID(high: carried ? last.high &+ 1 : last.high, low: low)
        }
        last = next
        return next
    }

    /// One ULID of now.
    package static func make(at milliseconds: Int64 = WallClock.now()) -> ULID {
        var generator = ULIDGenerator()
        var random = SystemRandomNumberGenerator()
        return generator.next(at: milliseconds, using: &random)
    }
}
