import AdminProtocol
import ArgumentParser
import ConsoleCore

/// `signalbox denials`: what was refused, to whom, by which rule.
struct Denials: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what was refused: to whom, by which rule, and what would be allowed.",
        discussion: ExitCodes.explanation)

    @OptionGroup var list: ListOptions
    @OptionGroup var subject: SubjectOptions
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let session = try AdminSession(connection)
        let result = try session.page(.denialsList, subject.narrowing(list))
        if list.json { return Output.json(result) }
        let page = try session.read(result, as: ListPage<DenialRow>.self)
        Output.table(Denials.table(of: page.rows), orSay: "nothing was denied")
        Output.rest(of: page, "denials")
    }

    static func table(of rows: [DenialRow]) -> TextTable {
        TextTable(
            columns: [
                .left("LAST"), .right("COUNT"), .left("CLIENT"), .left("ADDRESS"), .left("ACTION"), .left("TOPIC"),
                .left("RULE"), .left("WHY"), .left("ALLOWED"), .left("TOLD"),
            ],
            rows: rows.map { row in
                [
                    Output.when(row.lastAt), Figures.number(row.count),
                    Output.optional(row.client.isEmpty ? row.principal : row.client), DisplayText(row.address),
                    DisplayText(row.action), Output.optional(row.topic), DisplayText(row.rule),
                    DisplayText(row.difference ?? row.reason),
                    Output.optional(row.allowed), DisplayText(row.outcome),
                ]
            })
    }
}
