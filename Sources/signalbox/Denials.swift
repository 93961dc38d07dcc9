import AdminProtocol
import ArgumentParser
import ConsoleCore

/// `signalbox denials`: what was refused, to whom, by which rule.
struct Denials: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what was refused: to whom, by which rule, and what would be allowed.",
        discussion: ExitCodes.explanation)

    @OptionGroup var list: ListOptions
    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("Only the workers of this pool.", valueName: "id"))
    var pool: String?

    @Option(help: ArgumentHelp("Only this worker.", valueName: "id"))
    var worker: String?

    func run() throws {
        let session = try AdminSession(connection)
        var query = list.query
        query.pool = pool
        query.worker = worker
        let result = try session.page(.denialsList, query)
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
