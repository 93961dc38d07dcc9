import Testing

@testable import BrokerCore

@Suite struct DisplayTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("é 漢 😀", "é 漢 😀"), ("\u{1B}[2J", "·[2J"), ("a\u{202E}b", "a·b"), ("\u{9B}x", "·x"),
        ("a\nb\tc\u{0}", "a·b·c·"), ("\u{200B}\u{2028}\u{A0}", "···"), ("", ""),
    ])
    func showsNothingThatMovesACursor(text: String, shown: String) {
        #expect(DisplayText.of(text) == shown)
        #expect(DisplayText.of(Array(text.utf8)) == shown)
    }

    @Test func replacesWhatIsNotUTF8AndCutsWhatIsLong() {
        #expect(DisplayText.of([0x61, 0xFF, 0x62]) == "a·b")
        #expect(DisplayText.of(String(repeating: "x", count: 10), bound: 4) == "xxxx…")
        #expect(DisplayText.of([UInt8](repeating: 0x61, count: 100_000)).utf8.count == 256 + 3)
    }
}
