import AdminProtocol
import Testing

@testable import BrokerServer

@Suite struct LogFormatTests {
    private func line(_ message: String, fields: [(key: String, value: String)] = []) -> String {
        var bytes: [UInt8] = []
        LogFormat.append(.warn, message, caller: "access", fields: fields, at: 1_795_365_239_007, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func writesFixedKeysInTheirOrder() {
        #expect(
            line("denied", fields: [("client", "w1"), ("rule", "own topic"), ("client", "w1")])
                == """
                {"ts":"2026-11-22T16:33:59.007Z","level":"warning","msg":"denied","caller":"access","client":"w1","rule":"own topic"}

                """)
    }

    @Test func escapesWhatATerminalWouldObey() throws {
        let text = line("a\"b\\c\u{1B}[2J\u{9B}\u{202E}\n\u{0}é字\u{1F600}\u{E0001}")
        #expect(
            text.contains(
                #"a\"b\\c\u001b[2J\u009b\u202e\u000a\u0000é字😀\udb40\udc01"#))
        #expect(try JSON(parsing: Array(text.utf8))["caller"] == .string("access"))
    }

    @Test func cutsAValueAtTwoHundredAndFiftySixBytes() throws {
        let text = line("x", fields: [("topic", String(repeating: "é", count: 200))])
        let value = try JSON(parsing: Array(text.utf8))["topic"]
        #expect(value == .string(String(repeating: "é", count: 128) + "…"))
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_709_164_800_001, "2024-02-29T00:00:00.001Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (Int64.max, "9999-12-31T23:59:59.999Z"),
        (-1, "1970-01-01T00:00:00.000Z"),
    ])
    func writesTheTimeOfTheWall(wall: Int64, text: String) {
        #expect(LogFormat.time(wall) == text)
    }
}
