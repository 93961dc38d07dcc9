import AdminProtocol
import ArgumentParser
import ConsoleCore

/// `signalbox topics`: what is published where, and how much.
struct Topics: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the rates per topic shape, or per topic of one shape.",
        discussion: ExitCodes.explanation)

    @OptionGroup var list: ListOptions
    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("The topics of this shape, such as spacelift/writeonly/POOL/+.", valueName: "shape"))
    var shape: String?

    @Flag(help: "Print all pages.")
    var all = false

    func run() throws {
        let session = try AdminSession(connection)
        var query = list.query
        query.shape = shape
        let result = try session.page(.topicsList, query, all: all)
        if list.json { return Output.json(result) }
        let page = try session.read(result, as: ListPage<TopicRow>.self)
        Output.table(Topics.table(of: page.rows), orSay: "no topics")
        Output.rest(of: page, "topics")
    }

    static func table(of rows: [TopicRow]) -> TextTable {
        TextTable(
            columns: [
                .left("TOPIC"), .right("TOPICS"), .right("10s/s"), .right("60s/s"), .right("15m/s"), .right("BYTES/s"),
                .right("SHARE"), .right("SUBSCRIBERS"), .right("MESSAGES"),
            ],
            rows: rows.map { row in
                [
                    DisplayText(row.id), Figures.number(row.topics), Figures.number(row.rate10s),
                    Figures.number(row.rate60s), Figures.number(row.rate15m), Figures.bytes(row.bytes10s),
                    Figures.share(row.share), Figures.number(row.subscribers), Figures.whole(row.messages),
                ]
            })
    }
}
