import AdminProtocol
import ConsoleCore
import Glibc

/// What commands write: results to standard output, remarks to standard error.
enum Output {
    static func line(_ text: String) {
        write(text + "\n", to: STDOUT_FILENO)
    }

    /// For a person; out of the way of a program that reads the results.
    static func remark(_ text: String) {
        write(text + "\n", to: STDERR_FILENO)
    }

    static func json(_ json: JSON) {
        line(json.text)
    }

    /// A table, or the remark that there is nothing in it.
    static func table(_ table: TextTable, orSay empty: String) {
        table.rows.isEmpty ? remark(empty) : line(table.text)
    }

    /// What a page does not show.
    static func rest<Row>(of page: ListPage<Row>, _ things: String) {
        guard page.rows.count < page.matched else { return }
        remark("\(page.rows.count) of \(page.matched) \(things); --all shows all of them")
    }

    static func when(_ time: Timestamp) -> DisplayText {
        "\(Figures.date(time)) \(Figures.clock(time))"
    }

    static func optional(_ text: String?) -> DisplayText {
        guard let text, !text.isEmpty else { return "-" }
        return DisplayText(text)
    }

    private static func write(_ text: String, to file: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // A reader that has gone, as with `| head`: there is nobody left to tell.
            guard count > 0 else { exit(0) }
            rest = rest.dropFirst(count)
        }
    }
}
