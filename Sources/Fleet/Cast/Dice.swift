import BrokerCore

/// A random number generator whose every number follows from its seed, so that a demo can be played again.
package struct Dice: RandomNumberGenerator, Equatable, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Dice of their own for somebody: what others throw does not change them.
    package mutating func split() -> Dice {
        Dice(seed: next())
    }

    /// Whether something that happens once in `times` happens now.
    package mutating func once(in times: Int) -> Bool {
        Int.random(in: 0..<max(1, times), using: &self) == 0
    }

    /// An id made at `milliseconds` since 1970.
    package mutating func ulid(at milliseconds: Int64) -> ULID {
        let time = UInt64(clamping: milliseconds) & 0xFFFF_FFFF_FFFF
        return ULID(high: time << 16 | next() & 0xFFFF, low: next())
    }

    /// `count` hexadecimal digits.
    package mutating func hexadecimal(_ count: Int) -> String {
        var text = ""
        for _ in 0..<count {
            let digit = UInt8.random(in: 0..<16, using: &self)
            text.unicodeScalars.append(Unicode.Scalar(digit < 10 ? 0x30 + digit : 0x57 + digit))
        }
        return text
    }
}
