/// Base64 with padding, as RFC 4648 has it, on bytes.
package enum Base64 {
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        Array(unsafeUninitializedCapacity: length(of: bytes.count)) { text, count in
            write(bytes, to: UnsafeMutableRawBufferPointer(text))
            count = text.count
        }
    }

    /// Behind what stands in `text` already.
    static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        let start = text.count
        text.append(contentsOf: repeatElement(0, count: length(of: bytes.count)))
        text.withUnsafeMutableBytes { write(bytes, to: UnsafeMutableRawBufferPointer(rebasing: $0[start...])) }
    }

    private static func length(of count: Int) -> Int { (count + 2) / 3 * 4 }

    /// `text` is as long as it has to be. Every message goes through here: six bytes are read and eight letters
    /// written at once, while eight can be read.
    private static func write(_ bytes: [UInt8], to text: UnsafeMutableRawBufferPointer) {
        bytes.withUnsafeBytes { bytes in
            pairs.withUnsafeBufferPointer { pairs in
                func pair(_ bits: UInt64) -> UInt64 { UInt64(pairs[Int(truncatingIfNeeded: bits & 0xFFF)]) }
                var (place, at) = (0, 0)
                while place &+ 8 <= bytes.count {
                    let group = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)) >> 16
                    let low = pair(group >> 36) | pair(group >> 24) << 16
                    let letters = low | pair(group >> 12) << 32 | pair(group) << 48
                    text.storeBytes(of: letters.littleEndian, toByteOffset: at, as: UInt64.self)
                    (place, at) = (place &+ 6, at &+ 8)
                }
                while place < bytes.count {
                    let left = bytes.count - place
                    let second = left > 1 ? UInt64(bytes[place + 1]) : 0
                    let third = left > 2 ? UInt64(bytes[place + 2]) : 0
                    let group = UInt64(bytes[place]) << 16 | second << 8 | third
                    let letters = UInt32(truncatingIfNeeded: pair(group >> 12) | pair(group) << 16)
                    text.storeBytes(of: letters.littleEndian, toByteOffset: at, as: UInt32.self)
                    if left < 3 { text[at + 3] = pad }
                    if left < 2 { text[at + 2] = pad }
                    (place, at) = (place + 3, at + 4)
                }
            }
        }
    }

    private static let pad = UInt8(ascii: "=")
    private static let letters: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    /// The two letters of twelve bits, the first in the low byte.
    private static let pairs: [UInt16] = (0..<4_096).map { bits in
        let letters = Base64.letters.utf8Start
        return UInt16(letters[bits >> 6]) | UInt16(letters[bits & 63]) << 8
    }
}
