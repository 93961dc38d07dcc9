extension JSON {
    /// How much of a peer's JSON is looked at.
    package struct Bounds: Equatable, Sendable {
        package var bytes: Int
        package var depth: Int

        package init(bytes: Int, depth: Int) {
            self.bytes = bytes
            self.depth = depth
        }

        /// What an operator may send. [AD-5]
        package static let request = Bounds(bytes: 65_536, depth: 8)
        /// What the broker may answer: 500 rows, deltas of rows.
        package static let answer = Bounds(bytes: 16_777_216, depth: 32)
    }

    /// Why some bytes are not JSON, and where.
    package struct SyntaxError: Error, Equatable, Sendable {
        package var offset: Int
        package var what: String

        package init(offset: Int, what: String) {
            self.offset = offset
            self.what = what
        }
    }

    /// Total on any bytes: the strict grammar of RFC 8259, strict UTF-8, no key twice, nothing after the value.
    package init(parsing bytes: [UInt8], within bounds: Bounds = .answer) throws(SyntaxError) {
        guard bytes.count <= bounds.bytes else {
            throw SyntaxError(offset: bounds.bytes, what: "more than \(bounds.bytes) bytes")
        }
        var parser = Parser(bytes: bytes, depthBound: bounds.depth)
        self = try parser.whole()
    }
}

private struct Parser {
    let bytes: [UInt8]
    let depthBound: Int
    var at = 0

    init(bytes: [UInt8], depthBound: Int) {
        self.bytes = bytes
        self.depthBound = depthBound
    }

    mutating func whole() throws(JSON.SyntaxError) -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        guard at == bytes.count else { throw wrong("nothing may follow the value") }
        return value
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private func wrong(_ what: String) -> JSON.SyntaxError { JSON.SyntaxError(offset: at, what: what) }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func value(depth: Int) throws(JSON.SyntaxError) -> JSON {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        case .none: throw wrong("a value is missing")
        case .some: throw wrong("no value begins like this")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSON.SyntaxError) -> JSON {
        let length = word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { wanted in
            bytes.count - at >= length && bytes[at..<at + length].elementsEqual(wanted)
        }
        guard matches else { throw wrong("no value begins like this") }
        at += length
        return value
    }

    private mutating func object(depth: Int) throws(JSON.SyntaxError) -> JSON {
        guard depth <= depthBound else { throw wrong("nested more than \(depthBound) deep") }
        at += 1
        var members: [JSON.Member] = []
        var keys = Set<[UInt8]>()
        skipSpace()
        if next == UInt8(ascii: "}") {
            at += 1
            return .object(members)
        }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw wrong("a key in quotes is missing") }
            let start = at
            let key = try string()
            guard keys.insert(Array(key.utf8)).inserted else {
                throw JSON.SyntaxError(offset: start, what: "the key \"\(key.prefix(64))\" stands twice")
            }
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw wrong("a colon is missing") }
            at += 1
            members.append(JSON.Member(key, try value(depth: depth)))
            skipSpace()
            switch next {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "}"):
                at += 1
                return .object(members)
            case .none, .some: throw wrong("a comma or a closing brace is missing")
            }
        }
    }

    private mutating func array(depth: Int) throws(JSON.SyntaxError) -> JSON {
        guard depth <= depthBound else { throw wrong("nested more than \(depthBound) deep") }
        at += 1
        var elements: [JSON] = []
        skipSpace()
        if next == UInt8(ascii: "]") {
            at += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            switch next {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "]"):
                at += 1
                return .array(elements)
            case .none, .some: throw wrong("a comma or a closing bracket is missing")
            }
        }
    }

    /// Whole numbers that fit are exact; others are the nearest double, and must be finite.
    private mutating func number() throws(JSON.SyntaxError) -> JSON {
        let start = at
        if next == UInt8(ascii: "-") { at += 1 }
        guard let first = next, isDigit(first) else { throw wrong("a digit is missing") }
        at += 1
        if first != UInt8(ascii: "0") { skipDigits() }
        if let byte = next, isDigit(byte) { throw wrong("a number may not begin with 0") }
        var isWhole = true
        if next == UInt8(ascii: ".") {
            isWhole = false
            at += 1
            guard let byte = next, isDigit(byte) else { throw wrong("a digit is missing") }
            skipDigits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isWhole = false
            at += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
            guard let byte = next, isDigit(byte) else { throw wrong("a digit is missing") }
            skipDigits()
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if isWhole, let number = Int64(text) { return .int(number) }
        guard let number = Double(text), number.isFinite else {
            throw JSON.SyntaxError(offset: start, what: "the number is too large")
        }
        return .double(number)
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func skipDigits() {
        while let byte = next, isDigit(byte) { at += 1 }
    }

    private mutating func string() throws(JSON.SyntaxError) -> String {
        let start = at
        at += 1
        var text: [UInt8] = []
        var from = at
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                text += bytes[from..<at]
                at += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw JSON.SyntaxError(offset: start, what: "the text is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"):
                text += bytes[from..<at]
                at += 1
                try escape(into: &text)
                from = at
            case 0..<0x20: throw wrong("a control character must be escaped")
            default: at += 1
            }
        }
        throw wrong("the text has no end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSON.SyntaxError) {
        guard let byte = next else { throw wrong("the text has no end") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try unit())
            if (0xD800..<0xDC00).contains(code) {
                guard next == UInt8(ascii: "\\"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "u") else {
                    throw wrong("half of a surrogate pair")
                }
                at += 2
                let low = UInt32(try unit())
                guard (0xDC00..<0xE000).contains(low) else { throw wrong("half of a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw wrong("half of a surrogate pair") }
            text += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        default: throw wrong("no such escape")
        }
    }

    private mutating func unit() throws(JSON.SyntaxError) -> UInt16 {
        guard bytes.count - at >= 4 else { throw wrong("the text has no end") }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = hexadecimal(bytes[at]) else { throw wrong("four hexadecimal digits are missing") }
            unit = unit << 4 | UInt16(digit)
            at += 1
        }
        return unit
    }

    private func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
