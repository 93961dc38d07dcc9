import Foundation
import TestSupport
import Testing

/// What only a real terminal shows, told with the probe in a pane of tmux.
@Suite(.serialized) struct TerminalStoryTests {
    private static let probe = Tmux.productsDirectory + "/TerminalProbe"

    /// A shell that runs the probe and says afterwards how the terminal was left.
    private func shell(
        _ command: String = probe, columns: Int = 80, rows: Int = 24, environment: [String: String] = [:]
    ) throws -> Tmux {
        let terminal = try Tmux(
            columns: columns, rows: rows, environment: environment.merging(["PS1": "$ "]) { given, _ in given },
            "before=$(stty -a | tail -n +2); \(command); code=$?; "
                + "[ \"$before\" = \"$(stty -a | tail -n +2)\" ] && echo modes as before; echo left with $code; exec sh"
        )
        return terminal
    }

    /// Waits for `text` and the lowest line of the probe's picture: a frame may come in pieces.
    @discardableResult
    private func waitForPicture(_ terminal: Tmux, _ text: String = "ellipsis") throws -> String {
        try terminal.wait("a whole picture with “\(text)”") { screen in
            screen.contains(text) && screen.contains("ellipsis") && screen.contains("?|")
        }
    }

    private func expectUsable(_ terminal: Tmux) throws {
        #expect(try terminal.value("alternate_on") == "0")
        #expect(try terminal.value("cursor_flag") == "1")
        #expect(try terminal.text().contains("modes as before"))
    }

    @Test func drawsAFrameAndGivesTheTerminalBack() throws {
        let terminal = try shell()
        let screen = try waitForPicture(terminal, "probe 80x24 utf8")
        #expect(screen.contains("─│┌█▁ ellipsis… |"))
        #expect(try terminal.value("alternate_on") == "1")
        #expect(try terminal.value("cursor_flag") == "0")
        try terminal.press("q")
        try terminal.wait(for: "left with 0")
        try expectUsable(terminal)
    }

    @Test func drawsEveryRoleInItsColour() throws {
        let terminal = try shell()
        try waitForPicture(terminal)
        let styles = try terminal.text(styles: true)
        #expect(styles.contains("\u{1B}[2mrole quiet"))
        #expect(styles.contains("32m\u{1B}[49mrole good") || styles.contains("32mrole good"))
        #expect(styles.contains("33mrole warning"))
        #expect(styles.contains("31mrole bad"))
        #expect(styles.contains("38;5;67mrole graph"))
    }

    @Test func showsHostileAndWideCellsInTheirPlaces() throws {
        let terminal = try shell()
        let screen = try waitForPicture(terminal)
        #expect(screen.contains("漢字e\u{301}??|"))
    }

    @Test func usesNoColourIfAskedNotTo() throws {
        let terminal = try shell(environment: ["NO_COLOR": "1"])
        try waitForPicture(terminal)
        let styles = try terminal.text(styles: true)
        #expect(!styles.contains("[31m") && !styles.contains("38;5"))
        #expect(styles.contains("role bad"))
    }

    @Test(arguments: [["LANG": "C"], ["LANG": "C.UTF-8", "LC_ALL": "POSIX"]])
    func drawsOnlyASCIIWhereTheLocaleSaysSo(locale: [String: String]) throws {
        let terminal = try shell(environment: locale)
        let screen = try waitForPicture(terminal, "probe 80x24 ascii")
        #expect(screen.allSatisfy { $0.isASCII })
        #expect(screen.contains("? ? ???|"))
    }

    @Test func drawsUnicodeWhereALocaleIsMissing() throws {
        let terminal = try shell(environment: ["LANG": "xx_YY.UTF-8"])
        try terminal.wait(for: "probe 80x24 utf8")
    }

    @Test func followsTheSizeOfTheTerminal() throws {
        let terminal = try shell()
        try terminal.wait(for: "probe 80x24")
        try terminal.resize(columns: 20, rows: 5)
        try terminal.wait(for: "probe 20x5")
        try terminal.resize(columns: 120, rows: 40)
        try terminal.wait(for: "probe 120x40")
        try terminal.resize(columns: 80, rows: 24)
        try terminal.wait(for: "probe 80x24")
        // The rest of the picture may come a moment after its first line.
        try terminal.wait(for: "漢字")
    }

    @Test func namesKeysAndPastes() throws {
        let terminal = try shell()
        try waitForPicture(terminal)
        try terminal.press("j", "Up", "C-Left", "F5", "BTab", "PPage", "C-d", "DC")
        try terminal.wait(for: "delete")
        try terminal.paste("Kq")
        let screen = try terminal.wait(for: "paste(\"Kq\")")
        #expect(screen.contains("controlLeft") && screen.contains("function(5)") && screen.contains("backTab"))
        try terminal.press("Escape")
        try terminal.wait(for: "escape")
    }

    @Test func hearsFromAnotherThread() throws {
        let terminal = try shell()
        try waitForPicture(terminal)
        try terminal.press("m")
        try terminal.wait(for: "posted")
    }

    @Test func keepsWhatOthersPrintOutOfThePicture() throws {
        let terminal = try shell()
        let before = try waitForPicture(terminal)
        try terminal.press("p")
        let screen = try terminal.wait(for: "character(\"p\")")
        #expect(screen.split(separator: "\n").prefix(12) == before.split(separator: "\n").prefix(12))
        try terminal.press("q")
        try terminal.wait(for: "left with 0")
        #expect(try terminal.text().contains("stray"))
    }

    @Test func copiesIntoTheClipboardOfTheTerminal() throws {
        let terminal = try shell()
        try waitForPicture(terminal)
        try terminal.press("y")
        try terminal.wait("the clipboard") { _ in (try? terminal.buffer()) == "clip" }
    }

    @Test func comesBackFromControlZ() throws {
        let terminal = try Tmux(environment: ["PS1": "$ "], "sh -i")
        try terminal.wait(for: "$")
        try terminal.type(Self.probe)
        try terminal.press("Enter")
        try waitForPicture(terminal)
        try terminal.press("C-z")
        try terminal.wait(for: "Stopped")
        #expect(try terminal.value("alternate_on") == "0")
        #expect(try terminal.value("cursor_flag") == "1")
        try terminal.resize(columns: 100, rows: 30)
        try terminal.type("fg")
        try terminal.press("Enter")
        try terminal.wait(for: "probe 100x30")
        #expect(try terminal.value("alternate_on") == "1")
        try terminal.press("q")
        try terminal.wait(for: "probe ended")
        #expect(try terminal.value("alternate_on") == "0")
    }

    @Test func takesNoNoticeOfControlZWhereNoShellWaits() throws {
        let terminal = try Tmux("exec \(Self.probe)")
        try waitForPicture(terminal)
        try terminal.press("C-z", "j")
        try terminal.wait(for: "character(\"j\")")
    }

    @Test(arguments: ["TERM", "INT", "HUP"])
    func leavesAUsableTerminalWhenAskedToEnd(name: String) throws {
        let terminal = try shell()
        try waitForPicture(terminal)
        try terminal.signal(name)
        try terminal.wait(for: "left with 0")
        try expectUsable(terminal)
    }

    @Test(arguments: ["SEGV", "ABRT", "ILL", "BUS", "QUIT"])
    func leavesAUsableTerminalWhenItCrashes(name: String) throws {
        let terminal = try shell(environment: ["SWIFT_BACKTRACE": "enable=no"])
        try waitForPicture(terminal)
        try terminal.signal(name)
        let screen = try terminal.wait(for: "left with")
        #expect(!screen.contains("left with 0"))
        try expectUsable(terminal)
    }

    @Test func leavesAUsableTerminalAndTheReasonWhenItTraps() throws {
        let terminal = try shell(columns: 120, rows: 60, environment: ["SWIFT_BACKTRACE": "enable=no"])
        try waitForPicture(terminal)
        try terminal.press("t")
        let screen = try terminal.wait(for: "left with")
        #expect(screen.contains("Index out of range"))
        try expectUsable(terminal)
    }

    @Test(arguments: [
        ("TERM=dumb \(probe)", "TERM=dumb cannot show a picture"),
        ("TERM= \(probe)", "TERM is not set"),
        ("TERM=no-such-thing \(probe)", "TERM=no-such-thing is not in this system's terminfo"),
        ("\(probe) < /dev/null", "needs a terminal"),
    ])
    func saysInOneSentenceWhyThereIsNoPicture(command: String, sentence: String) throws {
        let terminal = try shell(command)
        let screen = try terminal.wait(for: "left with 2")
        #expect(screen.replacing("\n", with: "").contains(sentence))
        try expectUsable(terminal)
    }
}
