import Glibc

/// Where the ledger says how it goes: results on standard output, progress on standard error.
struct Screen {
    let json: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var said: Int64 = 0
    private var isLineOpen = false

    init(json: Bool) {
        self.json = json
    }

    /// A line of the result.
    mutating func result(_ text: String) {
        clear()
        Files.write(Array((text + "\n").utf8), to: STDOUT_FILENO)
    }

    /// A line that a person reads, and a program does not.
    mutating func remark(_ text: String) {
        guard !json else { return }
        result(text)
    }

    /// At most once a second; where it does not go to a terminal, every ten.
    mutating func progress(_ text: @autoclosure () -> String) {
        let now = RunClock.steady()
        guard now - said > (isTerminal ? 1_000_000 : 10_000_000) else { return }
        said = now
        if isTerminal {
            Files.write(Array("\r\u{1B}[K\(text())".utf8), to: STDERR_FILENO)
            isLineOpen = true
        } else {
            Files.write(Array("\(text())\n".utf8), to: STDERR_FILENO)
        }
    }

    private mutating func clear() {
        guard isLineOpen else { return }
        isLineOpen = false
        Files.write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO)
    }
}
