import ConsoleCore
import Testing

@testable import Terminal

private func keys(_ reports: [KeyDecoder.Report]) -> [Key] {
    var decoder = KeyDecoder()
    return reports.flatMap { decoder.decode($0) } + decoder.rest()
}

private func keys(_ text: String) -> [Key] {
    keys(text.unicodeScalars.map { .scalar($0.value) })
}

@Suite struct KeyDecoderTests {
    @Test(arguments: [
        ("j", [Key.character("j")]),
        ("é漢", [.character("é"), .character("漢")]),
        ("\u{04}\u{1A}", [.control("d"), .control("z")]),
        ("\u{1C}\u{00}", [.control("\\"), .control(" ")]),
        ("\t\r\n", [.tab, .enter, .enter]),
        ("\u{08}\u{7F}", [.backspace, .backspace]),
        ("\u{1B}", [.escape]),
        ("\u{1B}\u{1B}", [.escape, .escape]),
        ("\u{1B}j", [.escape, .character("j")]),
        ("\u{9B}1", [.character("1")]),
    ])
    func namesWhatWasTyped(text: String, expected: [Key]) {
        #expect(keys(text) == expected)
    }

    @Test(arguments: ["\u{1B}[27;5;75~", "\u{1B}[K", "\u{1B}OK", "\u{1B}[1;2"])
    func letsNoPieceOfAnUnknownSequencePassAsACommand(sequence: String) {
        #expect(keys(sequence) == [])
        #expect(keys(sequence + "~" + "q").contains(.character("K")) == false)
    }

    @Test func joinsAPasteAndKeepsItFromBeingKeys() {
        let pasted: [KeyDecoder.Report] =
            [.scalar(0x6A), .pasteBegin] + "K\u{1B}q".unicodeScalars.map { .scalar($0.value) }
            + [.key(.up), .pasteEnd, .scalar(0x6B)]
        #expect(keys(pasted) == [.character("j"), .paste("K\u{1B}q"), .character("k")])
    }

    @Test func cutsAPasteThatIsTooLong() {
        var decoder = KeyDecoder()
        #expect(decoder.decode(.pasteBegin) == [])
        for _ in 0..<(KeyDecoder.longestPaste + 100) { #expect(decoder.decode(.scalar(0x61)) == []) }
        #expect(decoder.isPasting)
        #expect(decoder.decode(.pasteEnd) == [.paste(String(repeating: "a", count: KeyDecoder.longestPaste))])
        #expect(!decoder.isPasting)
    }

    @Test func endsAPasteWhoseEndNeverCame() {
        var decoder = KeyDecoder()
        #expect(decoder.abandonPaste() == [])
        _ = decoder.decode(.pasteBegin)
        _ = decoder.decode(.scalar(0x61))
        #expect(decoder.rest() == [])
        #expect(decoder.abandonPaste() == [.paste("a")])
        #expect(decoder.decode(.scalar(0x71)) == [.character("q")])
    }

    @Test func takesAnyReport() {
        var decoder = KeyDecoder()
        for value in [UInt32.max, 0xD800, 0x11_0000, 0xFFFE] {
            #expect(decoder.decode(.scalar(value)).count <= 1)
        }
        #expect(decoder.decode(.unknown) == [])
        #expect(decoder.decode(.pasteEnd) == [])
    }
}
