/// Bytes and patterns as the corpus writes them; `Corpus/preambles.txt` explains the notation.
struct Notation {
    indirect enum Piece {
        /// One byte, or one of several.
        case byte([UInt8])
        /// Behind a two-byte length.
        case counted([Piece])
        /// Behind a variable byte integer.
        case measured([Piece])
        /// Any properties with their length, or nothing where the packet ends.
        case anyProperties
        /// A packet identifier the broker chose.
        case identifier(Int)
    }

    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    let pieces: [Piece]

    init(_ text: String) throws(Unreadable) {
        var parser = Parser(letters: Array(text.utf8))
        pieces = try parser.pieces(until: nil)
    }

    /// The bytes themselves, with the identifiers that were captured.
    func bytes(_ identifiers: [Int: UInt16]) throws(Unreadable) -> [UInt8] {
        try Notation.bytes(pieces, identifiers)
    }

    /// Whether `bytes` are of this pattern, to their end; identifiers seen for the first time are captured.
    func matches(_ bytes: [UInt8], _ identifiers: inout [Int: UInt16]) -> Bool {
        var found = identifiers
        guard Notation.match(pieces[...], bytes[...], &found) else { return false }
        identifiers = found
        return true
    }

    /// What stands in front of so many bytes.
    static func variableByteInteger(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value % 128) | 128] + variableByteInteger(value / 128)
    }

    private static func bytes(_ pieces: [Piece], _ identifiers: [Int: UInt16]) throws(Unreadable) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .byte(let values): bytes.append(values[0])
            case .counted(let inner):
                let body = try Notation.bytes(inner, identifiers)
                bytes += [UInt8(body.count >> 8), UInt8(body.count & 255)] + body
            case .measured(let inner):
                let body = try Notation.bytes(inner, identifiers)
                bytes += variableByteInteger(body.count) + body
            case .anyProperties: throw Unreadable(description: "{*} stands for nothing that can be sent")
            case .identifier(let number):
                guard let id = identifiers[number] else { throw Unreadable(description: "@\(number) did not come") }
                bytes += [UInt8(id >> 8), UInt8(id & 255)]
            }
        }
        return bytes
    }

    private static func match(
        _ pieces: ArraySlice<Piece>, _ bytes: ArraySlice<UInt8>, _ identifiers: inout [Int: UInt16]
    ) -> Bool {
        var rest = bytes
        for piece in pieces {
            switch piece {
            case .byte(let values):
                guard let byte = rest.popFirst(), values.contains(byte) else { return false }
            case .counted(let inner):
                guard let length = number(&rest), rest.count >= length,
                    match(inner[...], rest.prefix(Int(length)), &identifiers)
                else { return false }
                rest = rest.dropFirst(Int(length))
            case .measured(let inner):
                guard let (body, after) = measured(rest), match(inner[...], body, &identifiers) else { return false }
                rest = after
            case .anyProperties:
                guard !rest.isEmpty else { continue }
                guard let (_, after) = measured(rest) else { return false }
                rest = after
            case .identifier(let name):
                guard let id = number(&rest), id != 0, identifiers[name] == nil || identifiers[name] == id else {
                    return false
                }
                identifiers[name] = id
            }
        }
        return rest.isEmpty
    }

    private static func number(_ bytes: inout ArraySlice<UInt8>) -> UInt16? {
        guard let high = bytes.popFirst(), let low = bytes.popFirst() else { return nil }
        return UInt16(high) << 8 | UInt16(low)
    }

    /// What stands behind a length, and what comes after that.
    static func measured(_ bytes: ArraySlice<UInt8>) -> (body: ArraySlice<UInt8>, after: ArraySlice<UInt8>)? {
        var length = 0
        for (place, byte) in bytes.prefix(4).enumerated() {
            length += Int(byte & 127) << (7 * place)
            guard byte < 128 else { continue }
            let rest = bytes.dropFirst(place + 1)
            return rest.count < length ? nil : (rest.prefix(length), rest.dropFirst(length))
        }
        return nil
    }
}

private struct Parser {
    let letters: [UInt8]
    var at = 0

    init(letters: [UInt8]) {
        self.letters = letters
    }

    mutating func pieces(until closing: UInt8?) throws(Notation.Unreadable) -> [Notation.Piece] {
        var pieces: [Notation.Piece] = []
        while at < letters.count {
            let letter = letters[at]
            at += 1
            switch letter {
            case closing: return pieces
            case UInt8(ascii: " "): continue
            case UInt8(ascii: "<"): pieces.append(.counted(try text(until: UInt8(ascii: ">"))))
            case UInt8(ascii: "'"): pieces += try text(until: UInt8(ascii: "'"))
            case UInt8(ascii: "("): pieces.append(.counted(try self.pieces(until: UInt8(ascii: ")"))))
            case UInt8(ascii: "["): pieces.append(.measured(try self.pieces(until: UInt8(ascii: "]"))))
            case UInt8(ascii: "{"):
                if letters[at...].starts(with: "*}".utf8) {
                    at += 2
                    pieces.append(.anyProperties)
                } else {
                    pieces.append(.measured(try self.pieces(until: UInt8(ascii: "}"))))
                }
            case UInt8(ascii: "@"): pieces.append(.identifier(try number()))
            default:
                at -= 1
                try hexadecimal(&pieces)
            }
        }
        guard closing == nil else { throw wrong("something is left open") }
        return pieces
    }

    private func wrong(_ what: String) -> Notation.Unreadable {
        Notation.Unreadable(description: "\(what) at \(at) of \(String(decoding: letters, as: UTF8.self))")
    }

    private mutating func text(until end: UInt8) throws(Notation.Unreadable) -> [Notation.Piece] {
        guard let close = letters[at...].firstIndex(of: end) else { throw wrong("a text without end") }
        defer { at = close + 1 }
        return letters[at..<close].map { .byte([$0]) }
    }

    private mutating func number() throws(Notation.Unreadable) -> Int {
        var number: Int?
        while at < letters.count, (0x30...0x39).contains(letters[at]) {
            number = (number ?? 0) * 10 + Int(letters[at] - 0x30)
            at += 1
        }
        guard let number else { throw wrong("a number is missing") }
        return number
    }

    private mutating func byte() throws(Notation.Unreadable) -> UInt8 {
        guard at + 1 < letters.count, let high = digit(letters[at]), let low = digit(letters[at + 1]) else {
            throw wrong("no hexadecimal digits")
        }
        at += 2
        return high << 4 | low
    }

    /// A byte, several that would do, or one many times.
    private mutating func hexadecimal(_ pieces: inout [Notation.Piece]) throws(Notation.Unreadable) {
        var values = [try byte()]
        while at < letters.count, letters[at] == UInt8(ascii: "/") {
            at += 1
            values.append(try byte())
        }
        guard at < letters.count, letters[at] == UInt8(ascii: "*") else { return pieces.append(.byte(values)) }
        at += 1
        pieces += [Notation.Piece](repeating: .byte(values), count: try number())
    }

    private func digit(_ letter: UInt8) -> UInt8? {
        switch letter {
        case 0x30...0x39: letter - 0x30
        case 0x41...0x46: letter - 0x37
        default: nil
        }
    }
}
