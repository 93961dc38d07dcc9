/// A ULID: 26 bytes of upper-case Crockford base 32, the first at most `7`. [T-46]
///
/// Two 64-bit halves rather than 26 bytes: it is compared on the hot path and kept per worker.
package struct ULID: Hashable, Sendable, Comparable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Nil unless `text` is canonical: lower case and the aliases I, L, O are other names.
    package init?(_ text: some Collection<UInt8>) {
        guard text.count == 26 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (place, byte) in text.enumerated() {
            guard let digit = ULID.digit(byte), place > 0 || digit < 8 else { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(digit)
        }
        self.init(high: high, low: low)
    }

    package init?(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// Milliseconds since 1970: its first 48 bits.
    package var milliseconds: Int64 { Int64(high >> 16) }

    /// The 26 bytes.
    package var bytes: [UInt8] {
        Array(unsafeUninitializedCapacity: 26) { text, count in
            let digits = ULID.digits.utf8Start
            var high = high
            var low = low
            // From the last digit to the first.
            for place in stride(from: 25, through: 0, by: -1) {
                text.initializeElement(at: place, to: digits[Int(low & 31)])
                low = low >> 5 | high << 59
                high >>= 5
            }
            count = 26
        }
    }

    package static func < (one: ULID, other: ULID) -> Bool {
        (one.high, one.low) < (other.high, other.low)
    }

    private static let digits: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    private static func digit(_ byte: UInt8) -> UInt8? {
        ULID.digits.withUTF8Buffer { $0.firstIndex(of: byte) }.map { UInt8($0) }
    }
}

extension ULID: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
