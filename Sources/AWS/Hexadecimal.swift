/// Bytes as digits of base 16.
package enum Hexadecimal {
    /// Two lower-case digits a byte.
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        var digits: [UInt8] = []
        for byte in bytes {
            digits += [upper(byte >> 4) | 0x20, upper(byte & 15) | 0x20]
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// The digit of the lower four bits.
    package static func upper(_ value: UInt8) -> UInt8 {
        let low = value & 15
        return low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "A") + (low - 10)
    }
}
