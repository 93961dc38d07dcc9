/// What a watch shows: one window of one list, the overview, or one worker.
package enum Watched: String, Codable, Sendable, CaseIterable {
    case overview
    case pools
    case workers
    case worker
    case topics
    case denials
    case events
    case log
}

/// Arguments of `watch.open` and `watch.set`.
package struct WatchQuery: Codable, Equatable, Sendable {
    /// The caller's name for it, unique on the connection, 1 to 32 bytes; `watch.set` on it changes the window.
    package var watch: String
    package var what: Watched
    package var query: ListQuery?
    /// Between two pushes at least: 100 to 60,000; 1,000 if absent.
    package var intervalMs: Milliseconds?

    package init(watch: String, what: Watched, query: ListQuery? = nil, intervalMs: Milliseconds? = nil) {
        self.watch = watch
        self.what = what
        self.query = query
        self.intervalMs = intervalMs
    }
}

/// Arguments of `watch.close`, and the result of all three.
package struct WatchName: Codable, Equatable, Sendable {
    package var watch: String

    package init(watch: String) {
        self.watch = watch
    }
}
