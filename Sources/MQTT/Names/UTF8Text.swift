/// Text as MQTT wants it: well-formed UTF-8 without U+0000. [MQTT-1.5.4-1, MQTT-1.5.4-2]
///
/// Validated and never repaired: a repaired name is another name. [SW-5]
package enum UTF8Text {
    package static func isValid(_ bytes: RawSpan) -> Bool {
        let end = bytes.byteCount
        var place = 0
        while place < end {
            if place &+ 8 <= end {
                let eight = bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)
                if isPlain(eight) {
                    place &+= 8
                    continue
                }
            }
            let length = lengthOfScalar(in: bytes, at: place)
            guard length > 0 else { return false }
            place &+= length
        }
        return true
    }

    package static func isValid(_ bytes: [UInt8]) -> Bool {
        isValid(bytes.span.bytes)
    }

    /// Whether eight bytes are ASCII without a zero.
    private static func isPlain(_ eight: UInt64) -> Bool {
        let high: UInt64 = 0x8080_8080_8080_8080
        let ones: UInt64 = 0x0101_0101_0101_0101
        return (eight | ((eight &- ones) & ~eight)) & high == 0
    }

    /// The bytes of the well-formed scalar at `place`; 0 if there is none, after table 3-7 of the Unicode standard.
    private static func lengthOfScalar(in bytes: RawSpan, at place: Int) -> Int {
        let first = bytes.byte(at: place)
        var second: ClosedRange<UInt8> = 0x80...0xBF
        let length: Int
        switch first {
        case 0x01...0x7F: return 1
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard place &+ length <= bytes.byteCount, second.contains(bytes.byte(at: place &+ 1)) else { return 0 }
        for next in 2..<max(2, length) where bytes.byte(at: place &+ next) & 0xC0 != 0x80 { return 0 }
        return length
    }
}

extension RawSpan {
    /// The byte at `place`; outside the span it traps, so callers look at the length first.
    @inline(__always)
    package func byte(at place: Int) -> UInt8 {
        unsafeLoad(fromByteOffset: place, as: UInt8.self)
    }

    /// A copy of a part.
    package func copy(_ range: Range<Int>) -> [UInt8] {
        extracting(range).withUnsafeBytes { Array($0) }
    }
}
