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
            guard count > 0 else { return failed(file) }
            rest = rest.dropFirst(count)
        }
    }

    /// A reader that has gone, as with `| head`, has what it wanted. A full disk has not: then nothing is done that
    /// should follow, such as deleting what was to be shown.
    private static func failed(_ file: Int32) {
        let reason = errno
        guard reason != EPIPE else { exit(0) }
        guard file == STDOUT_FILENO else { return }
        remark("signalbox: the output cannot be written: \(String(cString: strerror(reason)))")
        exit(ExitCodes.refused)
    }
}
