import AdminProtocol

/// Reads a filter line; what is wrong with it is said with its place.
struct FilterParser<Item> {
    /// A line of this length is typed by nobody; nesting is bounded with it.
    static var longest: Int { 1_024 }
    private static var deepest: Int { 32 }

    private let columns: [Column<Item>]
    private let letters: [UInt8]
    private var at = 0
    private var depth = 0

    private enum Token {
        case open
        case close
        case not
        case and
        case or
        case term([UInt8], at: Int)
        case end
    }

    static func parse(_ text: String, _ columns: [Column<Item>]) throws(AdminError) -> Filter {
        guard text.utf8.count <= longest else {
            throw AdminError(.badArgument, "the filter is longer than \(longest) bytes", field: "filter")
        }
        var parser = FilterParser(columns: columns, letters: Array(text.utf8))
        guard !parser.isAtEnd else { return .everything }
        let filter = try parser.either()
        guard case .end = parser.peek() else { throw parser.wrong("`)` without `(`") }
        return filter
    }

    private init(columns: [Column<Item>], letters: [UInt8]) {
        self.columns = columns
        self.letters = letters
    }

    private func wrong(_ what: String, at place: Int? = nil) -> AdminError {
        AdminError(.badArgument, "filter, character \((place ?? at) + 1): \(what)", field: "filter")
    }

    private var isAtEnd: Bool { if case .end = peek() { true } else { false } }

    private func peek() -> Token {
        var ahead = self
        return ahead.take()
    }

    private mutating func take() -> Token {
        while at < letters.count, letters[at] == 0x20 || letters[at] == 0x09 { at += 1 }
        guard at < letters.count else { return .end }
        switch letters[at] {
        case UInt8(ascii: "("):
            at += 1
            return .open
        case UInt8(ascii: ")"):
            at += 1
            return .close
        case UInt8(ascii: "!"):
            at += 1
            return .not
        default: break
        }
        let start = at
        var isQuoted = false
        while at < letters.count {
            let letter = letters[at]
            if letter == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted, letter == 0x20 || letter == 0x09 || letter == UInt8(ascii: "(") || letter == UInt8(ascii: ")")
            {
                break
            }
            at += 1
        }
        let word = Array(letters[start..<at])
        switch Filter.fold(String(decoding: word, as: UTF8.self)) {
        case Array("and".utf8): return .and
        case Array("or".utf8): return .or
        case Array("not".utf8): return .not
        default: return .term(word, at: start)
        }
    }

    private mutating func either() throws(AdminError) -> Filter {
        var filter = try both()
        while case .or = peek() {
            _ = take()
            filter = .either(filter, try both())
        }
        return filter
    }

    private mutating func both() throws(AdminError) -> Filter {
        var filter = try one()
        while true {
            switch peek() {
            case .and:
                _ = take()
                filter = .both(filter, try one())
            case .open, .not, .term: filter = .both(filter, try one())
            case .close, .or, .end: return filter
            }
        }
    }

    private mutating func one() throws(AdminError) -> Filter {
        depth += 1
        defer { depth -= 1 }
        guard depth <= FilterParser.deepest else { throw wrong("nested too deep") }
        switch take() {
        case .open:
            let filter = try either()
            guard case .close = take() else { throw wrong("`)` is missing") }
            return filter
        case .not: return .not(try one())
        case .term(let word, let place): return try term(word, at: place)
        case .close, .and, .or, .end: throw wrong("a word is missing")
        }
    }

    private func term(_ word: [UInt8], at place: Int) throws(AdminError) -> Filter {
        let operators = [UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "<")]
        guard word.first != UInt8(ascii: "\""), let cut = word.firstIndex(where: { operators.contains($0) }), cut > 0
        else { return .word(unquoted(word)) }
        let name = String(decoding: Filter.fold(String(decoding: word[..<cut], as: UTF8.self)), as: UTF8.self)
        guard let column = columns.firstIndex(where: { $0.isNamed(name) }) else {
            // Topics, addresses and ids hold colons: a word with one is a word unless it names a field.
            if word[cut] == UInt8(ascii: ":"), !name.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "_") }) {
                return .word(unquoted(word))
            }
            let names = columns.map(\.name).joined(separator: ", ")
            throw wrong("there is no field `\(name.prefix(32))`; there are \(names)", at: place)
        }
        var rest = word[(cut + 1)...]
        var sign = String(UnicodeScalar(word[cut]))
        if (sign == ">" || sign == "<"), rest.first == UInt8(ascii: "=") {
            sign += "="
            rest = rest.dropFirst()
        }
        let value = unquoted(Array(rest))
        guard !value.isEmpty else { throw wrong("a value is missing", at: place + word.count) }
        switch sign {
        case ":": return equality(column, value) ?? .contains(column: column, value)
        case "=": return equality(column, value) ?? .equals(column: column, value)
        default:
            guard let comparison = Filter.Comparison(rawValue: sign),
                let (number, isSpan) = number(value, columns[column])
            else { throw wrong("`\(String(decoding: value.prefix(32), as: UTF8.self))` is no number", at: place + cut) }
            return .compares(column: column, comparison, number, isSpan: isSpan)
        }
    }

    /// A number is compared as one where the field holds numbers; where it holds text, `contains` is meant.
    private func equality(_ column: Int, _ value: [UInt8]) -> Filter? {
        guard columns[column].isNumeric, let (number, isSpan) = number(value, columns[column]), !isSpan else {
            return nil
        }
        return .compares(column: column, .equal, number, isSpan: false)
    }

    private func unquoted(_ word: [UInt8]) -> [UInt8] {
        Filter.fold(String(decoding: word.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self))
    }

    /// `10`, `1.5k`, `10ms`, `30s`, `5m`, `2h`, `1d`; and whether it is a span of time.
    private func number(_ value: [UInt8], _ column: Column<Item>) -> (Double, isSpan: Bool)? {
        let text = String(decoding: value, as: UTF8.self)
        if let rank = column.rank?(text) { return (rank, false) }
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
        guard let number = Double(digits), number.isFinite else { return nil }
        switch text.dropFirst(digits.count) {
        case "": return (number, false)
        case "k": return (number * 1_000, false)
        case "ms": return (number, true)
        case "s": return (number * 1_000, true)
        case "m", "min": return (number * 60_000, true)
        case "h": return (number * 3_600_000, true)
        case "d": return (number * 86_400_000, true)
        default: return nil
        }
    }
}
