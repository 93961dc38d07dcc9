import AdminProtocol
import ArgumentParser

/// Which rows of a list, and in which form; filtered, sorted and cut in the broker.
struct ListOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Rows to show: words, field:value, field>number, !not, and, or, ( ).", valueName: "filter"))
    var filter: String?

    @Option(help: ArgumentHelp("A field, with - before it for the largest first.", valueName: "field"))
    var sort: String?

    @Option(help: ArgumentHelp("Rows at most, 1 to 500.", valueName: "rows"))
    var limit = 100

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    func validate() throws {
        try check("--limit", limit, in: 1...500)
    }

    var query: ListQuery { ListQuery(filter: filter, sort: sort, limit: limit) }
}
