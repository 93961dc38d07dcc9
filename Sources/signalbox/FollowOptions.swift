import AdminProtocol
import ArgumentParser

/// How a ring that grows is shown: its newest rows, and then those that come.
struct FollowOptions: ParsableArguments {
    @Flag(name: [.short, .long], help: "Go on with the rows that come, until Ctrl-c.")
    var follow = false

    /// Between two looks; short enough to seem at once.
    private static let pause: Milliseconds = 500

    /// Prints what `command` lists, oldest first, each row by `print`; ids are numbers that grow by one.
    func run<Row: Codable & Equatable & Sendable>(
        _ command: Command, _ query: ListQuery, json: Bool, over session: AdminSession, id: (Row) -> String,
        print: (Row) -> Void
    ) throws {
        var result = try session.page(command, query)
        if json, !follow { return Output.json(result) }
        var last: Int64?
        while true {
            let page = try session.read(result, as: ListPage<Row>.self)
            let documents = result["rows"]?.array ?? []
            let fresh = zip(page.rows, documents)
                .compactMap { row, document in Int64(id(row)).map { (number: $0, row: row, document: document) } }
                .filter { row in last.map { row.number > $0 } ?? true }
                .sorted { $0.number < $1.number }
            for row in fresh { json ? Output.json(row.document) : print(row.row) }
            if let newest = fresh.last { last = newest.number }
            guard follow else { return }
            Clock.sleep(FollowOptions.pause)
            var more = query
            more.limit = 500
            result = try session.page(command, more)
        }
    }
}
