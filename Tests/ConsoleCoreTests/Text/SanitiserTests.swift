import Testing

@testable import ConsoleCore

@Suite struct SanitiserTests {
    static let table: [(String, String)] = [
        ("worker-1", "worker-1"),
        ("\u{1b}[2J", "\\x1b[2J"),
        ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"),
        ("\u{7f}\u{9b}31m", "\\x7f\\x9b31m"),
        ("\u{202e}gnp.exe", "\\u{202e}gnp.exe"),
        ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
        ("a\u{200b}b\u{200d}c\u{feff}", "a\\u{200b}b\\u{200d}c\\u{feff}"),
        ("\u{e0041}", "\\u{e0041}"),
        ("\u{e000}", "\\u{e000}"),
        ("\u{378}", "\\u{378}"),
        ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
        ("\u{a0}", "\\xa0"),
        ("e\u{301}", "e\u{301}"),
        ("e\u{301}\u{302}\u{303}", "e\u{301}\u{302}\\u{303}"),
        ("\u{301}a", "\\u{301}a"),
        ("日本", "日本"),
        ("Zürich", "Zürich"),
        ("\u{fe0f}", "\\u{fe0f}"),
        ("", ""),
    ]

    @Test(arguments: table) func writesOutWhatWouldNotBeSeenOrWouldMoveItsNeighbours(_ given: String, _ shown: String) {
        #expect(DisplayText(given).cells.joined().unicodeScalars.elementsEqual(shown.unicodeScalars))
    }

    @Test func countsTwoCellsForWideCharactersAndNoneForMarks() {
        #expect(DisplayText("日本").width == 4)
        #expect(DisplayText("e\u{301}x").width == 2)
        #expect(DisplayText("abc").width == 3)
    }

    @Test func cutsBetweenCharactersOnly() {
        let text = DisplayText("a日本b")
        #expect(text.prefix(2).cells == ["a"])
        #expect(text.prefix(3).cells == ["a", "日", ""])
        #expect(text.suffix(2).cells == ["b"])
        #expect(text.suffix(3).cells == ["本", "", "b"])
        #expect(text.prefix(0).isEmpty)
        #expect(text.prefix(-5).isEmpty)
        #expect(text.suffix(99) == text)
    }

    @Test func neverLetsAControlCharacterThrough() {
        var through: [UInt32] = []
        for value in [UInt32](0...0x3400) + [UInt32](0xD7B0...0x11000) + [UInt32](0xE0000...0xE0200) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for shown in DisplayText(String(Character(scalar))).cells.joined().unicodeScalars {
                let category = shown.properties.generalCategory
                if category == .control || category == .format || category == .privateUse { through.append(value) }
            }
        }
        #expect(through.isEmpty)
    }
}
