import AdminProtocol
import ArgumentParser
import ConsoleCore

/// `signalbox pools`: the worker pools, the one that needs attention first.
struct Pools: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the worker pools, the one that needs attention first.",
        discussion: ExitCodes.explanation)

    @OptionGroup var list: ListOptions
    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Print all pages.")
    var all = false

    func run() throws {
        let session = try AdminSession(connection)
        let result = try session.page(.poolsList, list.query, all: all)
        if list.json { return Output.json(result) }
        let page = try session.read(result, as: ListPage<PoolRow>.self)
        Output.table(Pools.table(of: page.rows), orSay: "no pools; signalbox pool add NAME --csr FILE makes one")
        Output.rest(of: page, "pools")
    }

    static func table(of rows: [PoolRow]) -> TextTable {
        TextTable(
            columns: [
                .left("POOL"), .left("ID"), .left("STATE"), .right("WORKERS"), .right("BUSY"), .right("STUCK"),
                .right("FLAPS"), .right("IN/s"), .right("OUT/s"), .right("DENIED/m"), .right("QUEUED"),
                .left("VERSIONS"),
            ],
            rows: rows.map { row in
                [
                    DisplayText(row.name), DisplayText(row.id), DisplayText(row.state), Figures.number(row.connected),
                    Figures.number(row.busy), Figures.number(row.stuck), Figures.number(row.flaps),
                    Figures.number(row.inRate), Figures.number(row.outRate), Figures.number(row.deniedPerMinute),
                    Figures.number(row.queued),
                    Output.optional(row.versions.map { "\($0.version) (\($0.count))" }.joined(separator: ", ")),
                ]
            })
    }
}
