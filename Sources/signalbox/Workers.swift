import AdminProtocol
import ArgumentParser
import ConsoleCore

/// `signalbox workers`: who is connected, and how they are.
struct Workers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the workers: state, traffic, what waits for them.",
        discussion: ExitCodes.explanation)

    @OptionGroup var list: ListOptions
    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("Only the workers of this pool.", valueName: "id"))
    var pool: String?

    @Flag(help: "List workers that are gone as well.")
    var gone = false

    @Flag(help: "Print all pages.")
    var all = false

    func run() throws {
        let session = try AdminSession(connection)
        var query = list.query
        query.pool = pool
        if gone { query.gone = true }
        let result = try session.page(.workersList, query, all: all)
        if list.json { return Output.json(result) }
        let page = try session.read(result, as: ListPage<WorkerRow>.self)
        Output.table(Workers.table(of: page.rows, at: Clock.wall()), orSay: "no workers")
        Output.rest(of: page, "workers")
    }

    static func table(of rows: [WorkerRow], at now: Timestamp) -> TextTable {
        TextTable(
            columns: [
                .left("WORKER"), .left("POOL"), .left("STATE"), .left("ADDRESS"), .right("UP"), .right("IN/s"),
                .right("OUT/s"), .right("QUEUED"), .right("FLIGHT"), .right("DENIED"), .left("VERSION"), .left("WHY"),
            ],
            rows: rows.map { row in
                [
                    DisplayText(row.id), DisplayText(row.poolName), DisplayText(row.state.rawValue),
                    Output.optional(row.address),
                    row.connectedAt.map { Figures.span(max(0, now - $0)) } ?? Figures.absent,
                    Figures.number(row.inRate), Figures.number(row.outRate), Figures.number(row.queued),
                    Figures.number(row.inFlight), Figures.number(row.denied), Output.optional(row.version),
                    Output.optional(row.why),
                ]
            })
    }
}
