/// Bytes written as a person writes them: `30 0A | 00 03 'a/b' | 'hello'`.
///
/// Pairs of hex digits; text between single quotes stands for its UTF-8; blanks and bars only part things.
package func hex(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var quoted = false
    var high: UInt8?
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "'"):
            quoted.toggle()
        case _ where quoted:
            bytes.append(byte)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"):
            let digit = byte < 0x41 ? byte - 0x30 : byte - 0x37
            if let known = high {
                bytes.append(known << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        default:
            precondition(byte == UInt8(ascii: " ") || byte == UInt8(ascii: "|") || byte == 10, "not hex: \(text)")
        }
    }
    precondition(high == nil && !quoted, "half a byte or an open quote: \(text)")
    return bytes
}

/// The same, for a message about bytes that are wrong.
package func shown(_ bytes: some Collection<UInt8>) -> String {
    let digits = Array("0123456789ABCDEF")
    return bytes.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined(separator: " ")
}
