import ConsoleCore
import Glibc
import Terminal

/// A screen that shows what it can do and which keys it got: what the pty stories of TerminalTests are told about.
///
/// `q` quits, `a` aborts, `t` traps, `p` prints into the picture, `m` lets another thread post a message.
@main
struct TerminalProbe {
    static func main() {
        let signals = TerminalSignals()
        let mailbox = Mailbox<String>()
        let screen: TerminalScreen
        do throws(TerminalEnvironment.Refusal) {
            let environment = try TerminalEnvironment(
                variable: { getenv($0).map { String(cString: $0) } }, ascii: CommandLine.arguments.contains("--ascii"))
            screen = try TerminalScreen(environment)
        } catch {
            let line = Array("\(error.description)\n".utf8)
            _ = write(STDERR_FILENO, line, line.count)
            exit(2)
        }
        var probe = Probe(size: screen.size, unicode: screen.capabilities.unicode)
        screen.draw(probe.picture)
        while !probe.isDone {
            let woken = Wakeup.wait(mailbox: mailbox, signals: signals, milliseconds: 500)
            if woken.contains(.gone) { break }
            for signal in signals.take() {
                switch signal {
                case .resized: probe.size = screen.size
                case .interrupted, .terminated, .hungUp: probe.isDone = true
                case .stopRequested: screen.suspend()
                case .continued: screen.resume()
                }
            }
            for letter in mailbox.take() { probe.log.append(letter) }
            for key in screen.keys() {
                probe.take(key)
                switch key {
                case .character("m"): Self.post("posted", to: mailbox)
                case .character("p"): print("stray")
                case .character("y"): screen.copy("clip")
                case .character("a"): abort()
                case .character("t"): Self.trap(probe.log.count)
                case .control("z"):
                    screen.suspend()
                    probe.size = screen.size
                default: break
                }
            }
            screen.draw(probe.picture)
        }
        screen.close()
        let farewell = Array("probe ended\n".utf8)
        _ = write(STDOUT_FILENO, farewell, farewell.count)
    }

    private static func post(_ text: String, to mailbox: Mailbox<String>) {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Letter(text: text, mailbox: mailbox))
        pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let letter = Unmanaged<Letter>.fromOpaque(argument).takeRetainedValue()
                letter.mailbox.post(letter.text)
                return nil
            }, box.toOpaque())
        pthread_detach(thread)
    }

    @inline(never)
    private static func trap(_ count: Int) {
        let empty: [Int] = []
        print(empty[count])
    }
}

private final class Letter: Sendable {
    let text: String
    let mailbox: Mailbox<String>

    init(text: String, mailbox: Mailbox<String>) {
        self.text = text
        self.mailbox = mailbox
    }
}

private struct Probe {
    var size: Size
    let unicode: Bool
    var log: [String] = []
    var isDone = false

    mutating func take(_ key: Key) {
        log.append("\(key)")
        if key == .character("q") || key == .control("c") { isDone = true }
    }

    var picture: Frame {
        var frame = Frame(size: size)
        put("probe \(size.columns)x\(size.rows) \(unicode ? "utf8" : "ascii")", 0, Style(.normal, bold: true), &frame)
        for (index, role) in Style.Role.allCases.enumerated() {
            put("role \(role)", 1 + index, Style(role), &frame)
        }
        put("reversed bad", 9, Style(.bad, reversed: true), &frame)
        put("─│┌█▁ ellipsis… |", 10, Style(.graph), &frame)
        var cells = ["漢", "", "字", "", "e\u{301}", "\u{202E}", "\u{1B}", "|"].map { Cell($0) }
        cells.append(contentsOf: repeatElement(Cell(), count: max(0, size.columns - cells.count)))
        for (column, cell) in cells.prefix(size.columns).enumerated() where size.rows > 11 {
            frame.cells[11 * size.columns + column] = cell
        }
        for (index, line) in log.suffix(max(0, size.rows - 12)).enumerated() {
            put(line, 12 + index, Style(), &frame)
        }
        return frame
    }

    private func put(_ text: String, _ row: Int, _ style: Style, _ frame: inout Frame) {
        guard row < size.rows else { return }
        for (column, character) in text.prefix(size.columns).enumerated() {
            frame.cells[row * size.columns + column] = Cell(String(character), style)
        }
    }
}
