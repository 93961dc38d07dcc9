import AdminProtocol
import ArgumentParser
import ConsoleCore
import Glibc
import Synchronization

/// `signalbox kick`: cut a worker's connection, and say what followed.
struct KickCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kick",
        abstract: "Cut the connection of one worker, which may come back, and say what followed.",
        discussion: """
            On a terminal it asks for a reason and before it acts; elsewhere it needs --reason and does not ask.
            \(ExitCodes.explanation)
            """)

    @Argument(help: "The worker's ULID.")
    var worker: String

    @Option(help: ArgumentHelp("Why: it stands in the events.", valueName: "text"))
    var reason: String?

    @Flag(help: "Do not publish its will.")
    var noWill = false

    @Flag(help: "Forget its session as well.")
    var cleanSession = false

    @Option(help: ArgumentHelp("How long to wait for what follows, 24h at most (default 10s).", valueName: "time"))
    var wait: TimeSpan?

    @Flag(help: "Do not ask before acting.")
    var yes = false

    @Flag(help: "Print the broker's answer as JSON; with --wait, what followed as lines after it.")
    var json = false

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        _ = try patience()
    }

    func run() throws {
        let isAsked = isatty(STDIN_FILENO) == 1
        if reason == nil, !isAsked {
            throw Exit.because("a kick needs --reason where nobody can be asked", code: ExitCodes.usage)
        }
        let session = try AdminSession(connection)
        let detail = try session.read(session.ask(.workerGet, WorkerQuery(worker: worker)), as: WorkerDetail.self)
        guard let reason = reason ?? KickCommand.ask("Why?"), !reason.isEmpty else {
            throw Exit.because("not kicked: no reason given", code: ExitCodes.refused)
        }
        let name = "\(DisplayText(detail.row.id).text) of pool \(DisplayText(detail.row.poolName).text)"
        if isAsked, !yes, !["y", "yes"].contains(KickCommand.ask("Kick \(name)? [y/N]")?.lowercased()) {
            throw Exit.because("not kicked", code: ExitCodes.refused)
        }
        let outcomes = Outcomes()
        session.listen { outcomes.note($0) }
        let result = try session.ask(
            .kick,
            Kick(
                worker: detail.row.id, epoch: detail.row.epoch, cleanSession: cleanSession ? true : nil,
                fireWill: noWill ? false : nil),
            reason: reason)
        if json {
            Output.json(result)
        } else {
            Output.line(KickCommand.sentence(try session.read(result, as: Kicked.self)))
        }
        if !json || wait != nil { try tellWhatFollows(outcomes) }
    }

    private func patience() throws -> Milliseconds {
        try TimeSpan.bounded(wait, usual: 10_000, "--wait", atMost: "24h", 86_400_000)
    }

    private func tellWhatFollows(_ outcomes: Outcomes) throws {
        let deadline = try Clock.steady() + patience()
        var told = 0
        while true {
            let known = outcomes.all
            for outcome in known.dropFirst(told) {
                json ? Output.json(try JSON.encoding(outcome)) : Output.line(KickCommand.sentence(outcome))
            }
            told = known.count
            if let last = known.last, last.state != .gone { return }
            guard Clock.steady() < deadline else { break }
            Clock.sleep(20)
        }
        Output.remark(told == 0 ? "nothing has followed yet" : "it has not come back yet")
    }

    static func sentence(_ kicked: Kicked) -> String {
        let span = Figures.span(kicked.connectedFor).text
        let will = kicked.willSent ? "its will was published" : "no will was published"
        let session = kicked.sessionKept ? "its session is kept" : "its session is forgotten"
        return "kicked \(DisplayText(kicked.worker).text) after \(span) of connection; \(will), \(session)"
    }

    static func sentence(_ outcome: KickOutcome) -> String {
        let after = Figures.span(outcome.after).text
        switch outcome.state {
        case .gone: return "gone after \(after)"
        case .back:
            let place = outcome.sameAddress.map { $0 ? " from the same address" : " from another address" } ?? ""
            return "back after \(after)\(place)"
        case .away: return "still away after \(after)"
        }
    }

    /// One line from the terminal; nil at its end.
    private static func ask(_ question: String) -> String? {
        let prompt = Array("\(question) ".utf8)
        _ = write(STDERR_FILENO, prompt, prompt.count)
        return readLine()
    }

    private final class Outcomes: Sendable {
        private let seen = Mutex<[KickOutcome]>([])

        var all: [KickOutcome] { seen.withLock { $0 } }
        func note(_ outcome: KickOutcome) { seen.withLock { $0.append(outcome) } }
    }
}
