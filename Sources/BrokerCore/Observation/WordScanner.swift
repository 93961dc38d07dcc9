/// Finds the members of a JSON object's top level without making a tree of it.
///
/// It is run over every message a worker sends, so it copies nothing and gives up at the first byte it does not
/// expect: what it is for are counters on a screen, not decisions.
struct WordScanner {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    /// The bytes are lent: the scanner must not outlive them.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    enum Kind {
        case string
        /// A string with escapes in it, which is not looked at.
        case escaped
        case scalar
        case nested
    }

    struct Member {
        var key: Range<Int>
        /// Without the quotes of a string.
        var value: Range<Int>
        var kind: Kind
    }

    /// Goes into the object; false if there is none.
    mutating func enter() -> Bool {
        skipSpace()
        guard byte(at) == UInt8(ascii: "{") else { return false }
        at += 1
        return true
    }

    mutating func next() -> Member? {
        skipSpace()
        if byte(at) == UInt8(ascii: ",") {
            at += 1
            skipSpace()
        }
        guard let key = string() else { return nil }
        skipSpace()
        guard byte(at) == UInt8(ascii: ":") else { return nil }
        at += 1
        skipSpace()
        switch byte(at) {
        case UInt8(ascii: "\""):
            guard let value = string() else { return nil }
            return Member(key: key.range, value: value.range, kind: value.isEscaped ? .escaped : .string)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard let value = nested() else { return nil }
            return Member(key: key.range, value: value, kind: .nested)
        case .some:
            let start = at
            while let next = byte(at), next != UInt8(ascii: ","), next != UInt8(ascii: "}"), next > 0x20 { at += 1 }
            return Member(key: key.range, value: start..<at, kind: .scalar)
        case .none: return nil
        }
    }

    func byte(_ place: Int) -> UInt8? {
        place >= 0 && place < bytes.count ? bytes[place] : nil
    }

    func equals(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            for (offset, letter) in word.enumerated() where byte(range.lowerBound + offset) != letter { return false }
            return true
        }
    }

    func equals(_ range: Range<Int>, _ word: [UInt8]) -> Bool {
        guard range.count == word.count else { return false }
        for (offset, letter) in word.enumerated() where byte(range.lowerBound + offset) != letter { return false }
        return true
    }

    func copy(_ range: Range<Int>) -> [UInt8] { range.compactMap { byte($0) } }

    /// A whole number of at most 18 digits.
    func number(_ range: Range<Int>) -> Int64? {
        guard !range.isEmpty, range.count <= 18 else { return nil }
        var number: Int64 = 0
        for place in range {
            guard let digit = byte(place), (0x30...0x39).contains(digit) else { return nil }
            number = number * 10 + Int64(digit - 0x30)
        }
        return number
    }

    private mutating func skipSpace() {
        while let byte = byte(at), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func string() -> (range: Range<Int>, isEscaped: Bool)? {
        guard byte(at) == UInt8(ascii: "\"") else { return nil }
        at += 1
        let start = at
        var isEscaped = false
        while let next = byte(at) {
            if next == UInt8(ascii: "\"") {
                at += 1
                return (start..<at - 1, isEscaped)
            }
            if next == UInt8(ascii: "\\") {
                isEscaped = true
                at += 1
            }
            at += 1
        }
        return nil
    }

    private mutating func nested() -> Range<Int>? {
        let start = at
        var depth = 0
        while let next = byte(at) {
            switch next {
            case UInt8(ascii: "\""):
                guard string() != nil else { return nil }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            at += 1
            if depth == 0 { return start..<at }
        }
        return nil
    }
}
