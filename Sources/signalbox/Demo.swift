import ArgumentParser
import Fleet
import FoundationEssentials
import Glibc
import MQTTTransport
import Terminal

/// `signalbox demo`: a broker, a fleet and the console on it, with nothing to set up.
struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play a live fleet on a broker of its own, and open the console on it.",
        discussion: """
            Everything is real: the broker, its authority, TLS connections, the durable queue. It listens on loopback \
            only, and what it wrote is removed at the end.

            With --data-dir and --keep the certificates of pools and platform stand in DIR/fleet for other clients, \
            such as mosquitto_sub.
            """)

    @Option(help: "Who plays: the same number, the same pools, workers and faults.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("How many workers (4 to 9000).", valueName: "n"))
    var workers = Cast.usual

    @Flag(help: "Without the console.")
    var headless = false

    @Option(help: ArgumentHelp("With --headless: end after so long, and print the overview.", valueName: "seconds"))
    var duration: Int?

    @Flag(help: "With --headless: print the overview as JSON, as the admin topic has it.")
    var json = false

    @Option(help: ArgumentHelp("Where the broker keeps its files, instead of a new directory.", valueName: "path"))
    var dataDir: String?

    @Flag(help: "With --data-dir: leave the files there.")
    var keep = false

    @Flag(help: "Draw with ASCII only.")
    var ascii = false

    @Flag(inversion: .prefixedNo, help: "Use colours (off too if NO_COLOR is set).")
    var color = true

    func validate() throws {
        try check("--workers", workers, in: 4...9_000)
        try check("--duration", duration, in: 1...86_400)
        guard headless || duration == nil && !json else {
            throw ValidationError("--duration and --json need --headless")
        }
        guard dataDir != nil || !keep else { throw ValidationError("--keep needs --data-dir") }
    }

    func run() throws {
        // Before any thread exists: they inherit that these signals are read and interrupt nobody.
        let signals = TerminalSignals()
        signal(SIGPIPE, SIG_IGN)
        Descriptors.raiseLimit()
        // Said at once, instead of after everything has been built up.
        if !headless { try ConsoleRunner.checkTerminal(instead: "use `signalbox demo --headless`") }
        let stage = try DemoStage(
            Cast(seed: seed, workers: workers), place: DemoPlace(asked: dataDir, keep: keep), writesPapers: keep)
        defer { stage.strike() }
        if headless {
            try DemoHeadless(stage, signals: signals, seconds: duration, json: json).run()
        } else {
            try ConsoleRunner.run(
                ConsoleRunner.Options(
                    target: .unix(path: stage.adminSocket), place: "demo \(stage.endpoint)", ascii: ascii,
                    colors: color),
                signals: signals)
        }
    }
}
