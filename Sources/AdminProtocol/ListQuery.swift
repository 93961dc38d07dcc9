/// Which rows of a list, in which order: filtered, sorted and cut in the broker.
package struct ListQuery: Codable, Equatable, Sendable {
    /// Words, `field:value`, `field>number`, `~regex`-free text, `!not`, `and`, `or`, parentheses. Empty: all.
    package var filter: String?
    /// A field's name in `snake_case`, with `-` before it for the largest first. Absent: the list's own order.
    package var sort: String?
    /// Rows to leave out at the top; 0 if absent.
    package var offset: Int?
    /// Rows at most: 1 to 500; 100 if absent.
    package var limit: Int?
    /// Where the last page ended, from its `next`; instead of `offset`.
    package var cursor: String?
    /// Only this pool (pools, workers, denials, events, log).
    package var pool: String?
    /// Only this worker (denials, events, log).
    package var worker: String?
    /// Only the topics of this shape (topics); absent: the shapes themselves.
    package var shape: String?
    /// Whether workers that are gone are listed as well (workers).
    package var gone: Bool?
    /// Not before and not after (events, denials, log).
    package var since: Timestamp?
    package var until: Timestamp?

    package init(
        filter: String? = nil, sort: String? = nil, offset: Int? = nil, limit: Int? = nil, cursor: String? = nil,
        pool: String? = nil, worker: String? = nil, shape: String? = nil, gone: Bool? = nil, since: Timestamp? = nil,
        until: Timestamp? = nil
    ) {
        self.filter = filter
        self.sort = sort
        self.offset = offset
        self.limit = limit
        self.cursor = cursor
        self.pool = pool
        self.worker = worker
        self.shape = shape
        self.gone = gone
        self.since = since
        self.until = until
    }
}
