import AdminProtocol
import ArgumentParser
import ConsoleCore

/// `signalbox events`: what happened, oldest first.
struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what happened: connections, takeovers, kicks, levels; oldest first.",
        discussion: ExitCodes.explanation)

    @OptionGroup var list: ListOptions
    @OptionGroup var following: FollowOptions
    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("Only the workers of this pool.", valueName: "id"))
    var pool: String?

    @Option(help: ArgumentHelp("Only this worker.", valueName: "id"))
    var worker: String?

    func run() throws {
        var query = list.query
        query.pool = pool
        query.worker = worker
        try following.run(
            .eventsList, query, json: list.json, over: AdminSession(connection), id: \EventRow.id
        ) { Output.line(Events.line($0)) }
    }

    /// Columns of steady width, so that rows that come later stand under the first.
    static func line(_ row: EventRow) -> String {
        var line = "\(Output.when(row.at).text)  \(TextTable.padded(DisplayText(row.what.rawValue), 6))"
        line +=
            "  \(TextTable.padded(Output.optional(row.worker ?? row.poolName), 26))  \(DisplayText(row.reason).text)"
        if !row.detail.isEmpty { line += "  \(DisplayText(row.detail).text)" }
        if let by = row.by { line += "  by \(DisplayText(by).text)" }
        return line
    }
}
