/// The queue in a PostgreSQL database, on one connection of its own.
///
/// A batch is one statement in one transaction that waits for the disk, sent in one round trip. A batch whose answer
/// was lost is sent again under the same keys, and stored once. [T-50] [T-53]
package final class PostgresStore: MessageStore {
    package struct Limits: Equatable, Sendable {
        /// Milliseconds after which a server that does not answer is given up and connected to anew.
        package var patience: Int64 = 30_000
        /// How long a start waits for a database that is starting itself.
        package var startPatience: Int64 = 10_000

        package init() {}
    }

    /// Whom `LISTEN` hears; the payload is the id of the newest message, and nothing that a client said. [T-45]
    static let channel = "message_queue_iot"

    private let configuration: PostgresConfiguration
    private let limits: Limits
    private var connection: PostgresConnection?
    /// Of whoever looks, who may be another thread than the one that writes: counting holds up no commit.
    private var observer: (connection: PostgresConnection, warning: String?)?
    /// The newest that was written to.
    private var timeline: PostgresSafety.Timeline?

    /// Connects, checks what the server promises, and makes the tables if they are missing.
    package init(_ configuration: PostgresConfiguration, limits: Limits = Limits()) throws(StoreError) {
        self.configuration = configuration
        self.limits = limits
        let opened = try PostgresStore.insist(configuration, limits)
        try PostgresSafety.check(opened, allowsUnsafe: configuration.allowsUnsafe)
        timeline = PostgresSafety.timeline(opened)
        try PostgresSchema.migrate(opened)
        connection = opened
    }

    package func append(_ messages: [QueueMessage]) throws(StoreError) {
        try opened().transaction([
            PostgresConnection.Statement(
                """
                WITH stored AS (
                    INSERT INTO message_queue_messages (queue, body, enqueued_at, ingress_key)
                    SELECT $1, given.body, to_timestamp(given.enqueued_at / 1000.0), given.ingress_key
                    FROM unnest($2, $3, $4) WITH ORDINALITY AS given (body, enqueued_at, ingress_key, place)
                    ORDER BY given.place
                    ON CONFLICT (ingress_key) DO NOTHING
                    RETURNING id)
                SELECT pg_notify('\(PostgresStore.channel)', max(id)::text) FROM stored HAVING count(*) > 0
                """,
                [
                    .text(queueName), .texts(messages.map(\.body)), .integers(messages.map(\.enqueuedAt)),
                    .texts(messages.map { $0.key.bytes }),
                ])
        ])
    }

    package func bury(_ message: QueueMessage, reason: String) throws(StoreError) {
        try opened().transaction([
            PostgresConnection.Statement(
                """
                INSERT INTO message_queue_dead_letters (queue, body, enqueued_at, receives, reason, ingress_key)
                VALUES ($1, $2, to_timestamp(greatest(least($3, 253402300799999), 0) / 1000.0), 0, $4, $5)
                ON CONFLICT (ingress_key) DO NOTHING
                """,
                [
                    .text(queueName), .bytes(message.body), .integer(message.enqueuedAt),
                    .text(reason.utf8.filter { $0 != 0 }), .text(message.key.bytes),
                ])
        ])
    }

    package func reopen() throws(StoreError) {
        connection = nil
        let fresh = try PostgresConnection(configuration.url, patience: limits.patience)
        try PostgresSafety.check(fresh, allowsUnsafe: configuration.allowsUnsafe)
        let timeline = PostgresSafety.timeline(fresh)
        try PostgresSafety.check(timeline, after: self.timeline)
        self.timeline = timeline ?? self.timeline
        // It may be another database by now, restored from a backup.
        try PostgresSchema.migrate(fresh)
        connection = fresh
    }

    package func contents(at now: Int64) throws(StoreError) -> StoreContents {
        // A connection from before a restart of the server says nothing about the server.
        if observer != nil, let contents = try? observed(at: now) { return contents }
        observer = nil
        return try observed(at: now)
    }

    private func observed(at now: Int64) throws(StoreError) -> StoreContents {
        let (connection, warning) = try observing()
        var contents = try PostgresSource.contents(connection, at: now)
        contents.warning = warning
        return contents
    }

    private func observing() throws(StoreError) -> (connection: PostgresConnection, warning: String?) {
        if let observer { return observer }
        let fresh = try PostgresConnection(configuration.url, patience: limits.patience)
        let warning = try PostgresSafety.check(fresh, allowsUnsafe: configuration.allowsUnsafe)
        observer = (fresh, warning)
        return (fresh, warning)
    }

    package func readCounts() throws(StoreError) -> ReadCounts? {
        try PostgresSchema.readCounts(observing().connection)
    }

    /// Those with the lowest ids are the oldest, unless a clock was wrong when they came; what nobody has touched since
    /// is found behind them, too, by an index that is there.
    package func expire(enqueuedBefore time: Int64, atMost limit: Int) throws(StoreError) -> Int {
        let rows = try opened().transaction([
            PostgresConnection.Statement(
                """
                WITH first AS (
                    SELECT id FROM message_queue_messages ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED),
                untouched AS (
                    SELECT id FROM message_queue_messages
                    WHERE queue = $3 AND visible_at < to_timestamp($1 / 1000.0)
                        AND enqueued_at < to_timestamp($1 / 1000.0)
                    ORDER BY visible_at LIMIT $2 FOR UPDATE SKIP LOCKED)
                DELETE FROM message_queue_messages
                WHERE id IN (SELECT id FROM first UNION SELECT id FROM untouched)
                    AND enqueued_at < to_timestamp($1 / 1000.0)
                """, [.integer(time), .integer(Int64(limit)), .text(queueName)])
        ])
        return Int(rows.changed)
    }

    package func close() {
        connection = nil
    }

    /// For tests: what a consumer or an administrator would do.
    @discardableResult
    func execute(_ sql: String) throws(StoreError) -> PostgresRows {
        try opened().run(sql)
    }

    private var queueName: String { QueueMessage.queue }

    private func opened() throws(StoreError) -> PostgresConnection {
        guard let connection else { throw .unavailable("there is no connection to the database") }
        return connection
    }

    /// A database that starts at the same time as the broker is waited for, for a moment.
    private static func insist(
        _ configuration: PostgresConfiguration, _ limits: Limits
    ) throws(StoreError) -> PostgresConnection {
        let end = QueueClock.steady() + limits.startPatience
        while true {
            do throws(StoreError) {
                return try PostgresConnection(configuration.url, patience: limits.patience)
            } catch {
                guard QueueClock.steady() < end, !PostgresStore.isFinal(error) else { throw error }
                QueueClock.sleep(200)
            }
        }
    }

    /// A wrong password does not become right by waiting, nor does a port that is none.
    private static func isFinal(_ error: StoreError) -> Bool {
        [
            "authentication failed", "invalid ", "does not support SSL", "does not exist", "no pg_hba.conf entry",
            "could not translate host name",
            "certificate",
        ]
        .contains { error.description.contains($0) }
    }
}
