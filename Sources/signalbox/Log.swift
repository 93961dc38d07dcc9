import AdminProtocol
import ArgumentParser
import ConsoleCore

/// `signalbox log`: the broker's log lines, oldest first.
struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the broker's log lines, oldest first.",
        discussion: ExitCodes.explanation)

    @OptionGroup var list: ListOptions
    @OptionGroup var following: FollowOptions
    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("Only lines about this pool.", valueName: "id"))
    var pool: String?

    @Option(help: ArgumentHelp("Only lines about this worker.", valueName: "id"))
    var worker: String?

    func run() throws {
        var query = list.query
        query.pool = pool
        query.worker = worker
        try following.run(
            .logList, query, json: list.json, over: AdminSession(connection), id: \LogRow.id
        ) { Output.line(Log.line($0)) }
    }

    static func line(_ row: LogRow) -> String {
        var line = "\(Figures.date(row.at).text) \(Figures.exactClock(row.at).text)"
        line += "  \(TextTable.padded(DisplayText(row.level.rawValue), 5))"
        line += "  \(TextTable.padded(DisplayText(row.subsystem), 10))  \(DisplayText(row.message).text)"
        if let client = row.client { line += "  \(DisplayText(client).text)" }
        return line
    }
}
