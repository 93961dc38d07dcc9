/// Bytes written as a person writes them: `82 [ 000A {} <a/b> 01 ]`.
///
/// Pairs of hex digits are bytes. `'text'` is its UTF-8. `<text>` is its UTF-8 behind a two-byte length, `( … )` any
/// bytes behind one, as MQTT writes strings and binary data. `[ … ]` and `{ … }` stand behind a variable byte integer,
/// as MQTT writes packets and properties. Blanks and bars only part things.
package func hex(_ text: String) -> [UInt8] {
    var outer: [[UInt8]] = []
    var bytes: [UInt8] = []
    var closing: UInt8?
    var high: UInt8?
    for byte in text.utf8 {
        if let close = closing, byte != close {
            bytes.append(byte)
            continue
        }
        switch byte {
        case UInt8(ascii: "'"):
            closing = closing == nil ? byte : nil
        case UInt8(ascii: "<"):
            closing = UInt8(ascii: ">")
            outer.append(bytes)
            bytes = []
        case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "("):
            outer.append(bytes)
            bytes = []
        case UInt8(ascii: ">"), UInt8(ascii: ")"):
            closing = nil
            let length = [UInt8(truncatingIfNeeded: bytes.count >> 8), UInt8(truncatingIfNeeded: bytes.count)]
            bytes = (outer.popLast() ?? []) + length + bytes
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            bytes = (outer.popLast() ?? []) + variableByteInteger(bytes.count) + bytes
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
    precondition(high == nil && closing == nil && outer.isEmpty, "something is left open: \(text)")
    return bytes
}

/// The same, for a message about bytes that are wrong.
package func shown(_ bytes: some Collection<UInt8>) -> String {
    let digits = Array("0123456789ABCDEF")
    return bytes.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined(separator: " ")
}

/// A number as MQTT writes lengths, on its own and not by the codec under test.
package func variableByteInteger(_ value: Int) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    repeat {
        bytes.append(UInt8(rest % 128) | (rest >= 128 ? 0x80 : 0))
        rest /= 128
    } while rest > 0
    return bytes
}
