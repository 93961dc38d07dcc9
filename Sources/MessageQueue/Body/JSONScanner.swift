/// Checks that bytes are one JSON object, and says where its members stand. [RFC 8259]
///
/// Strict, and without recursion: a worker decides how deep its JSON is, and must not decide about our stack.
struct JSONScanner {
    struct Member: Equatable {
        /// The name without its escapes.
        var name: [UInt8]
        /// From the comma or brace before the member to the one after it.
        var place: Range<Int>
    }

    /// Readers give up somewhere; Go's at 10,000, others at 512.
    static let deepest = 512

    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The members of the object that the bytes are; nil if they are anything else.
    mutating func object() -> [Member]? {
        skipBlanks()
        guard take("{"), isUTF8() else { return nil }
        var members: [Member] = []
        var start = at
        skipBlanks()
        if take("}") { return isAtEnd() ? [] : nil }
        while true {
            guard let name = name(), skipValue() else { return nil }
            skipBlanks()
            members.append(Member(name: name, place: start..<at))
            if take("}") { return isAtEnd() ? members : nil }
            guard take(",") else { return nil }
            start = at
        }
    }

    private func isUTF8() -> Bool {
        do {
            _ = try UTF8Span(validating: bytes.span)
            return true
        } catch {
            return false
        }
    }

    private mutating func isAtEnd() -> Bool {
        skipBlanks()
        return at == bytes.count
    }

    /// One value of any kind, with blanks before it.
    private mutating func skipValue() -> Bool {
        var closers: [Unicode.Scalar] = []
        while true {
            skipBlanks()
            guard let byte = peek(), closers.count < JSONScanner.deepest else { return false }
            switch byte {
            case UInt8(ascii: "{"):
                at += 1
                skipBlanks()
                if !take("}") {
                    guard name() != nil else { return false }
                    closers.append("}")
                    continue
                }
            case UInt8(ascii: "["):
                at += 1
                skipBlanks()
                if !take("]") {
                    closers.append("]")
                    continue
                }
            case UInt8(ascii: "\""):
                guard skipString() else { return false }
            case UInt8(ascii: "t"):
                guard word("true") else { return false }
            case UInt8(ascii: "f"):
                guard word("false") else { return false }
            case UInt8(ascii: "n"):
                guard word("null") else { return false }
            default:
                guard skipNumber() else { return false }
            }
            guard let more = closeContainers(&closers) else { return false }
            if !more { return true }
        }
    }

    /// After a value: whether another follows inside the containers still open; nil if what follows is wrong.
    private mutating func closeContainers(_ closers: inout [Unicode.Scalar]) -> Bool? {
        while let closer = closers.last {
            skipBlanks()
            if take(",") {
                guard closer == "]" || name() != nil else { return nil }
                return true
            }
            guard take(closer) else { return nil }
            closers.removeLast()
        }
        return false
    }

    /// A member's name and the colon after it.
    private mutating func name() -> [UInt8]? {
        skipBlanks()
        guard let name = string() else { return nil }
        skipBlanks()
        return take(":") ? name : nil
    }

    /// A string that nobody reads.
    private mutating func skipString() -> Bool {
        guard take("\"") else { return false }
        while let byte = peek() {
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"):
                guard escape() != nil else { return false }
            case 0..<0x20: return false
            default: break
            }
        }
        return false
    }

    /// A string without its escapes; what is escaped beyond ASCII becomes 0xFF, which no name of ours has.
    private mutating func string() -> [UInt8]? {
        guard take("\"") else { return nil }
        // Hardly any name has an escape.
        let start = at
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { at += 1 }
        var text = Array(bytes[start..<at])
        while let byte = peek() {
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return text
            case UInt8(ascii: "\\"):
                guard let escaped = escape() else { return nil }
                text.append(escaped)
            case 0..<0x20: return nil
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> UInt8? {
        guard let byte = peek() else { return nil }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return byte
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "u"):
            var value: UInt32 = 0
            for _ in 0..<4 {
                guard let byte = peek(), let digit = JSONScanner.hexDigit(byte) else { return nil }
                value = value << 4 | digit
                at += 1
            }
            return value < 0x80 ? UInt8(value) : 0xFF
        default: return nil
        }
    }

    private mutating func skipNumber() -> Bool {
        _ = take("-")
        if !take("0") {
            guard skipDigits() else { return false }
        }
        if take(".") {
            guard skipDigits() else { return false }
        }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            guard skipDigits() else { return false }
        }
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = at
        while let byte = peek(), (48...57).contains(byte) { at += 1 }
        return at > start
    }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[at...].starts(with: letters) else { return false }
        at += letters.count
        return true
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek(), UInt32(byte) == character.value else { return false }
        at += 1
        return true
    }

    private func peek() -> UInt8? { at < bytes.count ? bytes[at] : nil }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 48...57: UInt32(byte) - 48
        case 65...70: UInt32(byte) - 55
        case 97...102: UInt32(byte) - 87
        default: nil
        }
    }
}
