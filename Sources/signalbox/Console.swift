import AdminClient
import ArgumentParser
import ConsoleCore
import FoundationEssentials
import MQTTTransport
import Terminal

/// `signalbox console`: watch the broker and steer it.
struct Console: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch the broker and steer it, in a terminal.",
        discussion: """
            Keys: 1-8 views, Enter opens, / filters, K kicks, L changes the log level, ? shows all, q quits.
            A killed console (SIGKILL) cannot give the terminal back: `stty sane; tput rmcup; tput cnorm` does.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Give no command that changes the broker.")
    var readOnly = false

    @Flag(help: "Draw with ASCII only.")
    var ascii = false

    @Flag(inversion: .prefixedNo, help: "Use colours (off too if NO_COLOR is set).")
    var color = true

    @Flag(help: "Print the overview as text and exit.")
    var once = false

    func run() throws {
        // Before any thread exists: they inherit that these signals are read and interrupt nobody.
        let signals = TerminalSignals()
        let environment = ProcessInfo.processInfo.environment
        let options = ConsoleRunner.Options(
            target: try connection.target(in: environment), place: connection.place(in: environment),
            mayAct: !readOnly, ascii: ascii, colors: color)
        if once {
            try ConsolePrintout.run(options, signals: signals)
        } else {
            try ConsoleRunner.run(options, signals: signals)
        }
    }
}
