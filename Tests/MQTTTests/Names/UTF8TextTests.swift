import MQTT
import TestSupport
import Testing

/// Text is well-formed UTF-8 without U+0000, in every field of every packet that has text. [T-06]
struct UTF8TextTests {
    static let wrong: [(name: String, bytes: String)] = [
        ("U+0000", "61 00 62"), ("U+0000 written long", "C0 80"), ("/ written long", "C0 AF"),
        ("/ written longer", "E0 80 AF"), ("/ written longest", "F0 80 80 AF"), ("the least of two, long", "C1 BF"),
        ("the least of three, long", "E0 9F BF"), ("the least of four, long", "F0 8F BF BF"),
        ("the first surrogate", "ED A0 80"), ("the last surrogate", "ED BF BF"),
        ("a pair of them", "ED A0 80 ED B0 80"),
        ("beyond U+10FFFF", "F4 90 80 80"), ("far beyond", "F5 80 80 80"), ("five bytes", "F8 88 80 80 80"),
        ("six bytes", "FC 84 80 80 80 80"), ("FE", "FE"), ("FF", "FF"), ("a tail alone", "80"),
        ("a tail after all", "61 BF"),
        ("two bytes, one missing", "C3"), ("three bytes, one missing", "E2 82"),
        ("four bytes, one missing", "F0 9F 9A"),
        ("cut by a letter", "E2 82 61"),
        ("cut inside eight letters", "61 61 61 61 61 61 61 C3 61 61 61 61 61 61 61 61"),
        ("U+0000 among eight letters", "61 61 61 00 61 61 61 61"),
        ("FF after eight letters", "61 61 61 61 61 61 61 61 FF"),
    ]

    static let right: [(name: String, bytes: String)] = [
        ("U+0001", "01"), ("U+007F", "7F"), ("U+0080", "C2 80"), ("U+07FF", "DF BF"), ("U+0800", "E0 A0 80"),
        ("before the surrogates", "ED 9F BF"), ("after the surrogates", "EE 80 80"), ("a byte order mark", "EF BB BF"),
        ("a noncharacter", "EF BF BF"), ("U+10000", "F0 90 80 80"), ("U+10FFFF", "F4 8F BF BF"),
    ]

    /// Every field that holds text, with `%` in its place.
    static let fields: [(name: String, notation: String)] = [
        ("client id", "10 [ <MQTT> 05 02 003C {} % ]"), ("client id of 3.1.1", "10 [ <MQTT> 04 02 003C % ]"),
        ("protocol name", "10 [ % 05 02 003C {} <w> ]"), ("will topic", "10 [ <MQTT> 05 06 003C {} <w> {} % <> ]"),
        ("will topic of 3.1.1", "10 [ <MQTT> 04 06 003C <w> % <> ]"),
        ("user name", "10 [ <MQTT> 05 82 003C {} <w> % ]"),
        ("user name of 3.1.1", "10 [ <MQTT> 04 82 003C <w> % ]"),
        ("content type of a will", "10 [ <MQTT> 05 06 003C {} <w> { 03 % } <a> <> ]"),
        ("authentication method", "10 [ <MQTT> 05 02 003C { 15 % } <w> ]"),
        ("topic", "30 [ % {} ]"), ("content type", "30 [ <a> { 03 % } ]"), ("response topic", "30 [ <a> { 08 % } ]"),
        ("user property's name", "30 [ <a> { 26 % <v> } ]"), ("user property's value", "30 [ <a> { 26 <k> % } ]"),
        ("filter", "82 [ 0001 {} % 00 ]"), ("filter to unsubscribe", "A2 [ 0001 {} % ]"),
        ("shared filter", "82 [ 0001 {} (24 73 68 61 72 65 2F 67 2F @) 00 ]"),
        ("reason string", "40 [ 0001 00 { 1F % } ]"), ("assigned client id", "20 [ 00 00 { 12 % } ]"),
        ("response information", "20 [ 00 00 { 1A % } ]"), ("server reference", "E0 [ 8E { 1C % } ]"),
        ("reason string of a goodbye", "E0 [ 8E { 1F % } ]"), ("reason string of SUBACK", "90 [ 0001 { 1F % } 00 ]"),
    ]

    // covers: MQTT-1.5.4-1 (5.0), MQTT-1.5.4-2 (5.0), MQTT-1.5.7-1 (5.0), MQTT-3.1.3-4 (5.0), MQTT-3.1.3-11 (5.0)
    // covers: MQTT-3.1.3-12 (5.0), MQTT-3.3.2-1 (5.0), MQTT-3.3.2-13 (5.0), MQTT-3.3.2-19 (5.0), MQTT-3.8.3-1 (5.0)
    // covers: MQTT-3.10.3-1 (5.0), MQTT-4.7.3-2 (5.0), MQTT-1.5.3-1 (3.1.1), MQTT-1.5.3-2 (3.1.1), MQTT-3.1.3-4 (3.1.1)
    // covers: MQTT-3.1.3-10 (3.1.1), MQTT-3.1.3-11 (3.1.1), MQTT-3.3.2-1 (3.1.1), MQTT-3.8.3-1 (3.1.1)
    // covers: MQTT-3.10.3-1 (3.1.1), MQTT-4.7.3-2 (3.1.1)
    @Test(arguments: fields.indices)
    func refusesWhatIsNotText(field: Int) {
        let field = UTF8TextTests.fields[field]
        for wrong in UTF8TextTests.wrong {
            #expect(!reads(wrong.bytes, in: field.notation), "\(wrong.name) as \(field.name)")
        }
    }

    // covers: MQTT-1.5.4-3 (5.0), MQTT-1.5.3-3 (3.1.1)
    @Test(arguments: fields.indices.filter { fields[$0].name != "protocol name" })
    func readsWhatIsText(field: Int) {
        let field = UTF8TextTests.fields[field]
        for right in UTF8TextTests.right {
            #expect(reads(right.bytes, in: field.notation), "\(right.name) as \(field.name)")
        }
    }

    /// Binary data are anybody's bytes.
    @Test(arguments: [
        "10 [ <MQTT> 05 C2 003C {} <w> <u> % ]", "10 [ <MQTT> 05 06 003C {} <w> {} <a> % ]",
        "30 [ <a> { 09 % } ]", "30 [ <a> {} % ]", "F0 [ 18 { 16 % } ]",
    ])
    func leavesBinaryDataAlone(notation: String) {
        for wrong in UTF8TextTests.wrong {
            #expect(reads(wrong.bytes, in: notation), "\(wrong.name) in \(notation)")
        }
    }

    /// The standard library decides the same, on bytes that stand at the edges.
    @Test(arguments: UInt64(1)...4)
    func agreesWithTheStandardLibrary(seed: UInt64) {
        let telling: [UInt8] = [0x61, 0x2F, 0x7F, 0x80, 0xA0, 0xBF, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xFF, 0]
        var random = SeededRandom(seed: seed)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                telling.randomElement(using: &random) ?? 0
            }
            let expected = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
            if UTF8Text.isValid(bytes) != expected { Issue.record("\(shown(bytes)) is text: \(expected)") }
        }
    }

    private func reads(_ text: String, in notation: String) -> Bool {
        let parts = notation.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "(\(text))")
        let whole = parts.split(separator: "@", omittingEmptySubsequences: false).joined(separator: text)
        return (try? decode(hex(whole), .v5)) != nil
    }
}
