/// What must hold for a commit of this server to mean that the message outlives it. [SD-8]
enum PostgresSafety {
    static let oldest: Int64 = 140_000

    /// Asked at the start and on each new connection: a failover may have changed the answer. [T-52] [T-57]
    ///
    /// Answers what is unsafe though allowed, for people to see; nil if nothing is.
    @discardableResult
    static func check(_ connection: PostgresConnection, allowsUnsafe: Bool) throws(StoreError) -> String? {
        let answer = try connection.run(
            """
            SELECT current_setting('server_version_num'), current_setting('server_version'), pg_is_in_recovery(),
                current_setting('transaction_read_only'), current_setting('fsync'), current_setting('full_page_writes')
            """)
        guard let number = answer.integer(0, 0), number >= oldest else {
            throw .unavailable("the database is PostgreSQL \(answer.text(0, 1) ?? "?"); 14 or newer is needed")
        }
        guard answer.text(0, 2) == "f" else {
            throw .unavailable("the database is a replica in recovery: it cannot be written")
        }
        guard answer.text(0, 3) == "off" else { throw .unavailable("the database is read-only") }
        let unsafe = [("fsync", 4), ("full_page_writes", 5)].filter { answer.text(0, $0.1) != "on" }
            .map { "\($0.0) is off" }
        guard !unsafe.isEmpty else { return nil }
        let sentence = "the database can lose acknowledged messages: \(unsafe.joined(separator: " and "))"
        guard allowsUnsafe else {
            throw .unavailable("\(sentence); turn it on, or accept the loss with SIGNALBOX_ALLOW_UNSAFE_DB=1")
        }
        return sentence
    }
}
