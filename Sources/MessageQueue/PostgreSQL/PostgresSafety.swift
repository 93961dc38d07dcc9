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

    /// How often the database has been taken over by a replica of it.
    struct Timeline: Equatable {
        /// The same for a primary and its replicas, another for a database that was made anew.
        let system: String
        let number: UInt64
    }

    /// Nil where the server does not say: a few hosted ones keep it to themselves.
    static func timeline(_ connection: PostgresConnection) -> Timeline? {
        // A refusal leaves the check out; a connection that is lost says so with the next statement.
        guard
            let rows = try? connection.run(
                "SELECT system_identifier, pg_walfile_name(pg_current_wal_lsn()) FROM pg_control_system()"),
            let system = rows.text(0, 0), let file = rows.text(0, 1), let number = UInt64(file.prefix(8), radix: 16)
        else { return nil }
        return Timeline(system: system, number: number)
    }

    /// A primary that was replaced and came back does not have what its successor has stored: nothing is written to
    /// it. [T-57]
    static func check(_ found: Timeline?, after newest: Timeline?) throws(StoreError) {
        guard let found, let newest, found.system == newest.system, found.number < newest.number else { return }
        throw .unavailable(
            "the database is an older primary: it is on timeline \(found.number), and messages were stored on"
                + " \(newest.number)")
    }
}
