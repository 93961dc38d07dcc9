import Foundation
import TestSupport
import Testing

/// `signalbox console` in a pane of tmux, with nobody at the other end: whatever happens, the terminal is given back.
@Suite(.serialized) struct TerminalTests {
    /// A shell that runs the console and says afterwards how the terminal was left.
    private func console(
        _ options: String = "--socket /nowhere/admin.sock", columns: Int = 80, rows: Int = 24,
        term: String = "tmux-256color", environment: [String: String] = [:]
    ) throws -> Tmux {
        try Tmux(
            columns: columns, rows: rows, environment: environment,
            "before=$(stty -a | tail -n +2); TERM=\(term) \(try Programs.signalbox()) console \(options); code=$?; "
                + "[ \"$before\" = \"$(stty -a | tail -n +2)\" ] && echo modes as before; echo left with $code; exec cat"
        )
    }

    private func expectUsable(_ terminal: Tmux, code: Int = 0) throws {
        let screen = try terminal.wait(for: "left with \(code)")
        #expect(screen.contains("modes as before"))
        #expect(try terminal.value("alternate_on") == "0")
        #expect(try terminal.value("cursor_flag") == "1")
    }

    @Test func saysThatThereIsNoBrokerAndGoesOnTrying() throws {
        let terminal = try console()
        // A frame may come in pieces.
        try terminal.wait("that and why") { $0.contains("OFFLINE") && $0.contains("No such file or directory") }
        try terminal.wait(for: "retry 2")
        try terminal.press("q")
        try expectUsable(terminal)
    }

    @Test func endsOnControlCTwice() throws {
        let terminal = try console()
        try terminal.wait(for: "OFFLINE")
        try terminal.press("C-c", "C-c")
        try expectUsable(terminal)
    }

    @Test func livesThroughAnySize() throws {
        let terminal = try console()
        try terminal.wait(for: "OFFLINE")
        for (columns, rows) in [(20, 5), (1, 1), (300, 100), (59, 15)] {
            try terminal.resize(columns: columns, rows: rows)
            try terminal.press("j", "3", "Escape", "1")
        }
        try terminal.resize(columns: 80, rows: 24)
        try terminal.wait("the whole overview") { $0.contains("OFFLINE") && $0.contains("Over") }
        try terminal.press("Q")
        try expectUsable(terminal)
    }

    @Test(arguments: ["TERM", "HUP"])
    func endsOrderlyWhenAskedTo(name: String) throws {
        let terminal = try console()
        try terminal.wait(for: "OFFLINE")
        try terminal.signal(name)
        try expectUsable(terminal)
    }

    @Test(arguments: [("SEGV", 139), ("ABRT", 134)])
    func leavesAUsableTerminalWhenItCrashes(name: String, code: Int) throws {
        let terminal = try console(environment: ["SWIFT_BACKTRACE": "enable=no"])
        try terminal.wait(for: "OFFLINE")
        try terminal.signal(name)
        try expectUsable(terminal, code: code)
    }

    @Test func comesBackFromControlZ() throws {
        let terminal = try Tmux(environment: ["PS1": "$ "], "sh -i")
        try terminal.wait(for: "$")
        try terminal.type("\(try Programs.signalbox()) --socket /nowhere/admin.sock")
        try terminal.press("Enter")
        try terminal.wait(for: "OFFLINE")
        try terminal.press("C-z")
        try terminal.wait(for: "Stopped")
        #expect(try terminal.value("alternate_on") == "0")
        try terminal.type("fg")
        try terminal.press("Enter")
        try terminal.wait(for: "OFFLINE")
        try terminal.press("Q")
        try terminal.wait("the shell") { _ in (try? terminal.value("alternate_on")) == "0" }
    }

    @Test func drawsOnlyASCIIWithoutColourWhereAskedTo() throws {
        let terminal = try console(environment: ["LANG": "C", "NO_COLOR": "1"])
        try terminal.wait(for: "OFFLINE")
        let screen = try terminal.text(styles: true)
        #expect(screen.allSatisfy { $0.isASCII })
        #expect(!screen.contains(/\u{1B}\[[0-9;]*3[0-8][;m]/))
    }

    @Test func refusesAPasteAsACommand() throws {
        let terminal = try console()
        try terminal.wait(for: "OFFLINE")
        try terminal.paste("Q")
        try terminal.press("?")
        try terminal.wait(for: "HELP")
    }

    @Test(arguments: [
        ("--socket /nowhere/admin.sock < /dev/null", "tmux-256color", 2, "needs a terminal"),
        ("--socket /nowhere/admin.sock", "dumb", 2, "cannot show a picture"),
        ("--once --socket /nowhere/admin.sock", "dumb", 1, "no broker at /nowhere/admin.sock"),
    ])
    func saysInOneSentenceWhyThereIsNoPicture(options: String, term: String, code: Int, sentence: String) throws {
        let terminal = try console(options, columns: 200, term: term)
        try expectUsable(terminal, code: code)
        #expect(try terminal.text().contains(sentence))
    }

    /// A demo that cannot be shown refuses before it builds anything: authority, broker and fleet take seconds.
    @Test(arguments: [
        ("", "dumb", "cannot show a picture"),
        ("", "no-such-terminal", "terminfo"),
        ("< /dev/null", "tmux-256color", "needs a terminal"),
        ("| cat", "tmux-256color", "needs a terminal"),
    ])
    func beginsNoDemoThatNobodyCouldSee(redirection: String, term: String, sentence: String) throws {
        let directory = try TemporaryDirectory()
        let terminal = try Tmux(
            columns: 200, rows: 24,
            "bash -c 'set -o pipefail; TMPDIR=\(directory.path) TERM=\(term) \(try Programs.signalbox()) demo "
                + "--data-dir \(directory.path)/data \(redirection); echo left with $?'; exec cat")
        let screen = try terminal.wait(for: "left with 2")
        let lines = screen.split(separator: "\n").filter { $0.hasPrefix("signalbox: ") }
        #expect(lines.count == 1 && lines.allSatisfy { $0.contains(sentence) }, "\(screen)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }
}
