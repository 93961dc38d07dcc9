/// Text for the wire, appended in one piece: going through a string's characters costs more than the rest of a message.
extension [UInt8] {
    mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }

    /// In decimal digits, with zeros before them if they are fewer than `width`.
    mutating func append(_ number: some FixedWidthInteger, width: Int = 1) {
        let start = count
        var rest = number.magnitude
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            append(UInt8(ascii: "0") + UInt8(digit))
            rest = quotient
        } while rest > 0 || count - start < width
        if number < 0 { append(UInt8(ascii: "-")) }
        self[start...].reverse()
    }
}
