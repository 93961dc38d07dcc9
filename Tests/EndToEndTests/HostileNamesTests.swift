import Foundation
import TestSupport
import Testing

/// What clients call themselves stands on the operator's screen and never gives orders to the terminal. [T-80]
@Suite(.serialized)
struct HostileNamesTests {
    /// Clears, retitles, asks for reports, resizes, prints, starts strings, rings, breaks lines and turns text round.
    private static let orders =
        "evil\u{1B}[2J\u{1B}]0;owned\u{07}\u{1B}[6n\u{1B}[8;1;1t\u{1B}[5i\u{1B}P$qm\u{1B}\\\u{9B}31m"
        + "\r\nsecond\u{202E}drow\u{2066}"
    private static let turned = "turned\u{202E}drow\u{2066}\u{200F}"

    @Test func showsNamesFullOfOrdersInEveryViewAndObeysNone() async throws {
        let broker = try await RunningBroker()
        let pool = try await broker.addPool("linux")
        let terminal = try Tmux(
            columns: 200, rows: 60, "\(try Programs.signalbox()) console --socket \(broker.socket); exec cat")
        let record = try terminal.record()
        try terminal.wait(for: "live", seconds: 60)

        // One gets in and asks for what it may not; one is refused at the door.
        let hostile = try Loopback(port: broker.open)
        try await hostile.send(
            connect(as: Self.orders) + publish("talk/\(Self.orders)") + subscribe("$CONTROL/\(Self.orders)"))
        #expect(try await hostile.receive(9) == hex("20 02 0000 90 03 0001 80"))
        let turned = try broker.mosquitto("mosquitto_sub", pool, ["-i", Self.turned, "-t", Self.turned])
        #expect(try await turned.ended().status != 0)

        try terminal.press("6")
        // The overview names them as well; here is said why one of them was refused.
        try terminal.wait("both denials") { screen in
            ["[6 ", "evil", "turned", "rule"].allSatisfy(screen.contains)
        }
        for view in ["7", "8", "3"] {
            try terminal.press(view)
            if view == "8" {
                // The newest lines are of who was refused at the door, and of whatever held the broker up since; the
                // one that is looked for is told beside the list.
                try terminal.wait(for: "[8 ")
                for _ in 0..<8 {
                    try terminal.press("Down")
                    if (try? terminal.wait(for: "evil", seconds: 2)) != nil { break }
                }
            }
            try terminal.wait("view \(view) with the name") { $0.contains("[\(view) ") && $0.contains("evil") }
        }
        try terminal.press("Enter")
        try terminal.wait(for: "evil")
        // Topics of one shape are one row, which opens.
        try terminal.press("4")
        try terminal.wait(for: "talk/+")
        try terminal.press("Enter")
        try terminal.wait(for: "talk/evil")
        try terminal.press("Q")
        try terminal.wait("the terminal back") { _ in (try? terminal.value("alternate_on")) == "0" }

        let sent = [UInt8](try Data(contentsOf: URL(fileURLWithPath: record)))
        #expect(sent.count > 1_000)
        #expect(orders(in: sent) == [])
    }

    @Test func findsOrdersWhereThereAreSome() {
        #expect(orders(in: Array(Self.orders.utf8)).count >= 9)
        #expect(orders(in: Array(Self.turned.utf8)) == ["U+202E", "U+2066", "U+200F"])
        #expect(orders(in: Array("\u{1B}[1;31mred\u{1B}[m\u{1B}(B\r\n…─".utf8)) == [])
    }

    /// What no picture needs: sequences beyond moving, erasing and colouring, and characters that act instead of show.
    private func orders(in bytes: [UInt8]) -> [String] {
        var found: [String] = []
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar.value {
            case 0x1B:
                let last = end(ofSequenceAt: index, in: scalars)
                let sequence = String(String.UnicodeScalarView(scalars[index..<last]))
                if !isDrawing(sequence) { found.append(sequence) }
                index = last
            case 0x08, 0x09, 0x0A, 0x0D, 0x0E, 0x0F: break
            case ..<0x20, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFFFD:
                found.append("U+" + String(scalar.value, radix: 16, uppercase: true))
            default: break
            }
        }
        return found
    }

    /// A sequence of parameters, an intermediate with its one character, or a single character.
    private func end(ofSequenceAt index: Int, in scalars: [Unicode.Scalar]) -> Int {
        guard index < scalars.count else { return index }
        switch scalars[index] {
        case "[":
            return min((scalars[(index + 1)...].firstIndex { $0.value >= 0x40 } ?? scalars.count) + 1, scalars.count)
        case "(", ")": return min(index + 2, scalars.count)
        default: return index + 1
        }
    }

    private func isDrawing(_ sequence: String) -> Bool {
        // ncurses clears with [H[J; only what came from outside says [2J.
        guard sequence != "[2J" else { return false }
        return sequence.wholeMatch(of: /\[\??[0-9;]*[A-HJ-MPSTX@Zbdfghlmr]|[()][0AB]|[=>78M]/) != nil
    }

    private func connect(as name: String) -> [UInt8] {
        packet(0x10, hex("<MQTT> 04 02 003C") + text(name))
    }

    private func publish(_ topic: String) -> [UInt8] {
        packet(0x30, text(topic) + Array("{}".utf8))
    }

    private func subscribe(_ filter: String) -> [UInt8] {
        packet(0x82, hex("0001") + text(filter) + [0])
    }

    private func packet(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        [type] + variableByteInteger(body.count) + body
    }

    private func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return [UInt8(truncatingIfNeeded: bytes.count >> 8), UInt8(truncatingIfNeeded: bytes.count)] + bytes
    }
}
