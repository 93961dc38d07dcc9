/// A PostgreSQL database, and how careful to be with it.
package struct PostgresConfiguration: Equatable, Sendable {
    package var url: DatabaseURL
    /// Settings that lose acknowledged messages are shown instead of refused. [T-52]
    package var allowsUnsafe: Bool

    package init(url: DatabaseURL, allowsUnsafe: Bool = false) {
        self.url = url
        self.allowsUnsafe = allowsUnsafe
    }
}
