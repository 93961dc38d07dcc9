import AdminProtocol
import ArgumentParser
import ConsoleCore

/// `signalbox log-level`: how much the broker says, and for how long.
struct LogLevelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level",
        abstract: "Show the log levels in force, or set one for a time; the broker takes it back by itself.",
        discussion: ExitCodes.explanation)

    @Argument(help: "error, warn, info, debug or trace; none to show what is in force.")
    var level: String?

    @Option(name: .customLong("for"), help: ArgumentHelp("How long: 30s, 10m, 1h30m, at most 4h.", valueName: "time"))
    var span: TimeSpan?

    @Option(help: ArgumentHelp("broker, subsystem:NAME, pool:ULID or worker:ULID.", valueName: "scope"))
    var scope: String?

    @Flag(help: "Keep it until somebody changes it.")
    var keep = false

    @Option(help: ArgumentHelp("Why, for the other operators.", valueName: "text"))
    var reason: String?

    @Flag(help: "Take back what was set.")
    var revert = false

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if level == nil {
            guard span == nil, !keep else { throw ValidationError("--for and --keep need a level") }
        } else {
            guard !revert else { throw ValidationError("take either a level or --revert") }
            guard span == nil || !keep else { throw ValidationError("take either --for or --keep") }
        }
    }

    func run() throws {
        let session = try AdminSession(connection)
        let result =
            if let level {
                try session.ask(
                    .logLevelSet,
                    LogLevelChange(
                        scope: scope, level: level, forMs: span?.milliseconds, keep: keep ? true : nil),
                    reason: reason)
            } else if revert {
                try session.ask(.logLevelRevert, LogLevelRevert(scope: scope), reason: reason)
            } else {
                try session.ask(.logLevelGet)
            }
        if json { return Output.json(result) }
        Output.line(LogLevelCommand.text(of: try session.read(result, as: LogLevels.self), at: Clock.wall()))
    }

    static func text(of levels: LogLevels, at now: Timestamp) -> String {
        var text = "\(levels.level.rawValue)"
        if levels.level != levels.configured { text += " (configured: \(levels.configured.rawValue))" }
        text += ", \(Figures.number(levels.linesPerSecond).text) lines/s"
        guard !levels.leases.isEmpty else { return text }
        let table = TextTable(
            columns: [.left("SCOPE"), .left("LEVEL"), .left("BY"), .left("SINCE"), .right("LEFT"), .left("REASON")],
            rows: levels.leases.map { lease in
                [
                    DisplayText(lease.scope), DisplayText(lease.level.rawValue), DisplayText(lease.by),
                    Output.when(lease.since), lease.until.map { Figures.countdown(max(0, $0 - now)) } ?? "kept",
                    Output.optional(lease.reason),
                ]
            })
        return text + "\n\n" + table.text
    }
}
