import AdminProtocol
import TestSupport
import Testing

@Suite struct JSONParserTests {
    @Test(arguments: [
        ("null", JSON.null), (" true ", .bool(true)), ("false", .bool(false)), ("0", .int(0)), ("-0", .int(0)),
        ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
        ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("1.5", .double(1.5)), ("1e3", .double(1000)),
        ("-2.5E-1", .double(-0.25)), ("\"\"", .string("")),
        (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{C}\n\r\t")),
        (#""\u00e9\ud83d\ude00""#, .string("é😀")), ("\"é😀\"", .string("é😀")), ("[]", .array([])),
        ("[1,[2]]", .array([.int(1), .array([.int(2)])])), ("{}", .object([])),
        (#"{"b":1,"a":{"c":null}}"#, .object([.init("b", .int(1)), .init("a", .object([.init("c", .null)]))])),
    ])
    func reads(text: String, value: JSON) throws {
        #expect(try JSON(parsing: Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "True", "01", "-", "1.", ".5", "1e", "1e+", "+1", "0x1", "1e400", "NaN", "\"", "\"\\",
        "\"\\u12",
        #""\x""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, "\"\u{1}\"", "[", "[1", "[1,", "[1,]", "[,]", "{",
        "{a:1}", "{\"a\"", "{\"a\":", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "1 1", "[] x", "{}}", "//", "'a'",
    ])
    func refuses(text: String) {
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: Array(text.utf8)) }
    }

    @Test(
        arguments: [
            [0x22, 0x80, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22],
            [0x22, 0xE2, 0x82, 0x22], [0xEF, 0xBB, 0xBF, 0x31], [0xFF],
        ] as [[UInt8]])
    func refusesWhatIsNotUTF8(bytes: [UInt8]) {
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: bytes) }
    }

    @Test func saysWhereItIsWrong() {
        #expect(throws: JSON.SyntaxError(offset: 7, what: "the key \"a\" stands twice")) {
            try JSON(parsing: Array(#"{"a":1,"a":2}"#.utf8))
        }
    }

    @Test func keepsToItsBounds() throws {
        let deep = String(repeating: "[", count: 9) + String(repeating: "]", count: 9)
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: Array(deep.utf8), within: .request) }
        #expect(throws: Never.self) { try JSON(parsing: Array(deep.utf8.dropFirst().dropLast()), within: .request) }
        let long = "\"" + String(repeating: "x", count: 65_535) + "\""
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: Array(long.utf8), within: .request) }
        let abyss = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: abyss) }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func readsBackWhatItWrites(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let value = JSON.random(depth: 5, using: &random)
            #expect(try JSON(parsing: value.bytes) == value)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func survivesAnyBytes(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            var bytes = JSON.random(depth: 4, using: &random).bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            if let value = try? JSON(parsing: bytes) { #expect((try? JSON(parsing: value.bytes)) == value) }
        }
    }
}

extension JSON {
    static func random(depth: Int, using random: inout SeededRandom) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .int(Int64.random(in: .min ... .max, using: &random))
        case 3: .int(Int64.random(in: -3...3, using: &random))
        case 4: .double(Double.random(in: -1e6...1e6, using: &random))
        case 5: .string(text(using: &random))
        case 6:
            .array((0..<Int.random(in: 0...4, using: &random)).map { _ in .random(depth: depth - 1, using: &random) })
        case 7: rows(depth: depth - 1, using: &random)
        default: object(depth: depth - 1, using: &random)
        }
    }

    static func text(using random: inout SeededRandom) -> String {
        let letters = ["a", "b", "\"", "\\", "\n", "\u{0}", "é", "e\u{301}", "😀", "\u{7F}", "/", "x"]
        return (0..<Int.random(in: 0...3, using: &random)).map { _ in
            letters[Int.random(in: 0..<letters.count, using: &random)]
        }.joined()
    }

    static func object(depth: Int, using random: inout SeededRandom) -> JSON {
        var keys = ["a", "b", "c", "id", "rows", "set", "é", "e\u{301}"]
        keys.shuffle(using: &random)
        return .object(
            keys.prefix(Int.random(in: 0...5, using: &random)).map { Member($0, .random(depth: depth, using: &random)) }
        )
    }

    static func rows(depth: Int, using random: inout SeededRandom) -> JSON {
        var ids = ["1", "2", "3", "4", "5", "6", "é", "e\u{301}"]
        ids.shuffle(using: &random)
        return .array(
            ids.prefix(Int.random(in: 0...6, using: &random)).map { id in
                .object([Member("id", .string(id)), Member("n", .random(depth: depth, using: &random))])
            })
    }
}
