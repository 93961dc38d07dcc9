/// A window of a list.
package struct ListPage<Row: Codable & Equatable & Sendable>: Codable, Equatable, Sendable {
    package var rows: [Row]
    /// Rows there are, and rows the filter lets through.
    package var total: Int
    package var matched: Int
    /// The first row's place among the matched ones.
    package var offset: Int
    /// The order in force, as `ListQuery.sort` writes it.
    package var sort: String
    /// Ask for the next page with this cursor; absent on the last.
    package var next: String?

    package init(rows: [Row], total: Int, matched: Int, offset: Int = 0, sort: String, next: String? = nil) {
        self.rows = rows
        self.total = total
        self.matched = matched
        self.offset = offset
        self.sort = sort
        self.next = next
    }
}
