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
    @OptionGroup var subject: SubjectOptions
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        try following.run(
            .logList, subject.narrowing(list), json: list.json, over: AdminSession(connection), id: \LogRow.id
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
