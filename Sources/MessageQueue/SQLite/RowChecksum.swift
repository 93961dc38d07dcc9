/// Over everything of a row that is not changed by reading. [T-59]
///
/// Word by word, for every message has one, and each step can be undone: a word that is another always changes it.
struct RowChecksum {
    private var sum: UInt64 = 0xCBF2_9CE4_8422_2325

    init(body: UnsafeRawBufferPointer, enqueuedAt: Int64, key: UnsafeRawBufferPointer) {
        add(body)
        add(key)
        add(UInt64(bitPattern: enqueuedAt))
    }

    /// As SQLite holds it.
    var value: Int64 { Int64(bitPattern: sum) }

    /// With their number: what ends one text cannot begin the next.
    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        add(UInt64(bytes.count))
        let whole = bytes.count & ~7
        for place in stride(from: 0, to: whole, by: 8) {
            add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
        }
        var rest: UInt64 = 0
        for byte in bytes[whole...].reversed() { rest = rest << 8 | UInt64(byte) }
        add(rest)
    }

    private mutating func add(_ word: UInt64) {
        sum = (sum ^ word) &* 0x9E37_79B9_7F4A_7C15
        // A product's low bits know nothing of the high ones.
        sum ^= sum >> 32
    }
}
