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
    @OptionGroup var subject: SubjectOptions
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        try following.run(
            .eventsList, subject.narrowing(list), json: list.json, over: AdminSession(connection), id: \EventRow.id
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
