import AdminProtocol
import ArgumentParser

/// How a ring that grows is shown: its newest rows, and then those that come.
struct FollowOptions: ParsableArguments {
    @Flag(
        name: [.short, .long], help: "Go on with the rows that come, in the order in which they come, until Ctrl-c.")
    var follow = false

    /// Between two looks; short enough to seem at once.
    private static let pause: Milliseconds = 500

    private struct Numbered<Row> {
        let number: Int64
        let row: Row
        let document: JSON
    }

    /// Prints what `command` lists, oldest first, each row by `print`; ids are numbers that grow by one.
    func run<Row: Codable & Equatable & Sendable>(
        _ command: Command, _ query: ListQuery, json: Bool, over session: AdminSession, id: (Row) -> String,
        print: (Row) -> Void
    ) throws {
        var query = query
        // In any other order, the first page would not be the newest rows.
        if follow { query.sort = "-id" }
        let first = try session.page(command, query)
        if json, !follow { return Output.json(first) }
        var fresh = try FollowOptions.numbered(first, over: session, id: id).rows
        var last: Int64?
        query.limit = 500
        while true {
            fresh.sort { $0.number < $1.number }
            if let last, let oldest = fresh.first?.number, oldest > last + 1, FollowOptions.isWhole(query) {
                Output.remark("\(oldest - last - 1) rows came and went faster than they could be shown")
            }
            for row in fresh { json ? Output.json(row.document) : print(row.row) }
            last = fresh.last?.number ?? last
            guard follow else { return }
            Clock.sleep(FollowOptions.pause)
            fresh = try FollowOptions.rows(command, query, after: last, over: session, id: id)
        }
    }

    /// All that came after `last`, newest first, on as many pages as that takes.
    private static func rows<Row: Codable & Equatable & Sendable>(
        _ command: Command, _ query: ListQuery, after last: Int64?, over session: AdminSession, id: (Row) -> String
    ) throws -> [Numbered<Row>] {
        var query = query
        var fresh: [Numbered<Row>] = []
        while true {
            let page = try numbered(session.page(command, query), over: session, id: id)
            let later = page.rows.filter { row in last.map { row.number > $0 } ?? true }
            fresh += later
            guard let next = page.next, !later.isEmpty, later.count == page.rows.count else { return fresh }
            query.cursor = next
        }
    }

    private static func numbered<Row: Codable & Equatable & Sendable>(
        _ result: JSON, over session: AdminSession, id: (Row) -> String
    ) throws -> (rows: [Numbered<Row>], next: String?) {
        let page = try session.read(result, as: ListPage<Row>.self)
        let rows = zip(page.rows, result["rows"]?.array ?? []).compactMap { row, document in
            Int64(id(row)).map { Numbered(number: $0, row: row, document: document) }
        }
        return (rows, page.next)
    }

    /// Whether every row is asked for, so that a number which is missing is a row that is.
    private static func isWhole(_ query: ListQuery) -> Bool {
        query.filter == nil && query.pool == nil && query.worker == nil
    }
}
