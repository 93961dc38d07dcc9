/// Reads the queue in a PostgreSQL database, on a connection of its own.
package final class PostgresSource: MessageSource {
    private let connection: PostgresConnection
    package private(set) var counts = ReadCounts()

    /// Between two looks while nothing is told: what becomes visible again tells nobody, and a pooler tells nothing.
    private static let pause: Int64 = 1_000

    package init(_ configuration: PostgresConfiguration) throws(StoreError) {
        connection = try PostgresConnection(configuration.url, patience: 30_000)
        guard try connection.run("SELECT to_regclass('message_queue_schema') IS NOT NULL").text(0, 0) == "t" else {
            throw .unavailable("the database has no queue yet: a broker makes it when it starts")
        }
        // Behind a transaction pooler this is refused or forgotten, and the pause is what remains.
        _ = try? connection.run("LISTEN \(PostgresStore.channel)")
    }

    package func receive(atMost limit: Int, visibility: Int64) throws(StoreError) -> [ReceivedMessage] {
        let rows = try connection.transaction([
            .init(
                """
                WITH due AS (
                    SELECT id FROM message_queue_messages
                    WHERE queue = $1 AND receives >= \(QueuePolicy.mostReceives) AND visible_at <= now()
                    ORDER BY visible_at LIMIT 100 FOR UPDATE SKIP LOCKED),
                spent AS (
                    DELETE FROM message_queue_messages AS message USING due WHERE message.id = due.id
                    RETURNING queue, body, enqueued_at, receives, ingress_key)
                INSERT INTO message_queue_dead_letters (queue, body, enqueued_at, receives, reason, ingress_key)
                SELECT queue, convert_to(body, 'UTF8'), enqueued_at, receives, 'received ' || receives || ' times',
                    ingress_key
                FROM spent ON CONFLICT (ingress_key) DO NOTHING
                """, [.text(QueueMessage.queue)]),
            .init(
                """
                WITH due AS (
                    SELECT id FROM message_queue_messages
                    WHERE queue = $1 AND visible_at <= now() AND receives < \(QueuePolicy.mostReceives)
                    ORDER BY visible_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
                UPDATE message_queue_messages AS message
                SET receives = receives + 1, visible_at = now() + $3 * interval '1 millisecond'
                FROM due WHERE message.id = due.id
                RETURNING message.id, receives, body, \(PostgresSource.milliseconds("enqueued_at"))
                """, [.text(QueueMessage.queue), .integer(Int64(limit)), .integer(visibility)]),
        ])
        let messages = (0..<rows.count).compactMap { row -> ReceivedMessage? in
            guard let id = rows.integer(row, 0), let receives = rows.integer(row, 1), let body = rows.bytes(row, 2)
            else { return nil }
            return ReceivedMessage(
                receipt: Receipt(id: id, receives: receives), body: body, enqueuedAt: rows.integer(row, 3) ?? 0)
        }
        counts.received += Int64(messages.count)
        return messages.sorted { $0.receipt.id < $1.receipt.id }
    }

    package func awaitNews(atMost milliseconds: Int64) throws(StoreError) {
        _ = try connection.notifications(within: min(milliseconds, PostgresSource.pause))
    }

    package func delete(_ receipts: [Receipt]) throws(StoreError) -> [Receipt] {
        let rows = try connection.transaction([
            .init(
                """
                DELETE FROM message_queue_messages AS message
                USING unnest($1, $2) AS receipt (id, receives)
                WHERE message.id = receipt.id AND message.receives = receipt.receives
                RETURNING message.id, message.receives
                """, [.integers(receipts.map(\.id)), .integers(receipts.map(\.receives))])
        ])
        let deleted = Set(
            (0..<rows.count).compactMap { row -> Receipt? in
                guard let id = rows.integer(row, 0), let receives = rows.integer(row, 1) else { return nil }
                return Receipt(id: id, receives: receives)
            })
        counts.deleted += Int64(deleted.count)
        return receipts.filter { !deleted.contains($0) }
    }

    package func changeVisibility(of receipt: Receipt, to milliseconds: Int64) throws(StoreError) -> Bool {
        let rows = try connection.transaction([
            .init(
                """
                UPDATE message_queue_messages SET visible_at = now() + $3 * interval '1 millisecond'
                WHERE id = $1 AND receives = $2 AND visible_at > now()
                """, [.integer(receipt.id), .integer(receipt.receives), .integer(milliseconds)])
        ])
        counts.changedVisibility += rows.changed
        return rows.changed == 1
    }

    package func peek(atMost limit: Int, after id: Int64) throws(StoreError) -> [WaitingMessage] {
        let rows = try connection.run(
            """
            SELECT id, body, \(PostgresSource.milliseconds("enqueued_at")), \(PostgresSource.milliseconds("visible_at")),
                receives
            FROM message_queue_messages WHERE queue = $1 AND id > $2 ORDER BY id LIMIT $3
            """, [.text(QueueMessage.queue), .integer(id), .integer(Int64(limit))])
        return (0..<rows.count).map { row in
            WaitingMessage(
                id: rows.integer(row, 0) ?? 0, body: rows.bytes(row, 1) ?? [], enqueuedAt: rows.integer(row, 2) ?? 0,
                visibleAt: rows.integer(row, 3) ?? 0, receives: rows.integer(row, 4) ?? 0)
        }
    }

    package func deadLetters(atMost limit: Int, after id: Int64) throws(StoreError) -> [DeadLetter] {
        let rows = try connection.run(
            """
            SELECT id, body, \(PostgresSource.milliseconds("enqueued_at")), \(PostgresSource.milliseconds("buried_at")),
                receives, reason
            FROM message_queue_dead_letters WHERE queue = $1 AND id > $2 ORDER BY id LIMIT $3
            """, [.text(QueueMessage.queue), .integer(id), .integer(Int64(limit))])
        return (0..<rows.count).map { row in
            DeadLetter(
                id: rows.integer(row, 0) ?? 0, body: rows.data(row, 1) ?? [], enqueuedAt: rows.integer(row, 2) ?? 0,
                buriedAt: rows.integer(row, 3) ?? 0, receives: rows.integer(row, 4) ?? 0,
                reason: rows.text(row, 5) ?? "")
        }
    }

    package func redrive(_ ids: [Int64]?, atMost limit: Int) throws(StoreError) -> Int {
        let rows = try connection.transaction([
            .init(
                """
                WITH due AS (
                    SELECT id FROM message_queue_dead_letters
                    WHERE queue = $1 AND (id = ANY($2) OR $4 = 0) ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED),
                chosen AS (
                    DELETE FROM message_queue_dead_letters AS letter USING due WHERE letter.id = due.id
                    RETURNING letter.id, queue, body, ingress_key),
                put AS (
                    INSERT INTO message_queue_messages (queue, body, enqueued_at, ingress_key)
                    SELECT queue, convert_from(body, 'UTF8'), now(), ingress_key FROM chosen ORDER BY id
                    ON CONFLICT (ingress_key) DO NOTHING RETURNING id)
                SELECT count(*), pg_notify('\(PostgresStore.channel)', coalesce(max(id), 0)::text) FROM put
                """,
                [
                    .text(QueueMessage.queue), .integers(ids ?? []), .integer(Int64(limit)),
                    .integer(ids == nil ? 0 : 1),
                ])
        ])
        return Int(rows.integer(0, 0) ?? 0)
    }

    package func contents(at now: Int64) throws(StoreError) -> StoreContents {
        try PostgresSource.contents(connection, at: now)
    }

    /// Exact up to a hundred thousand; beyond, what the server last estimated, for counting would take its time from
    /// those who store.
    static func contents(_ connection: PostgresConnection, at now: Int64) throws(StoreError) -> StoreContents {
        let answer = try connection.run(
            """
            SELECT (SELECT count(*) FROM (
                    SELECT 1 FROM message_queue_messages WHERE queue = $1 LIMIT \(StoreContents.counted)) AS counted),
                (SELECT count(*) FROM (
                    SELECT 1 FROM message_queue_messages WHERE queue = $1 AND visible_at <= now()
                    LIMIT \(StoreContents.counted)) AS counted),
                (SELECT reltuples::bigint FROM pg_class WHERE oid = 'message_queue_messages'::regclass),
                (SELECT \(milliseconds("enqueued_at")) FROM message_queue_messages ORDER BY id LIMIT 1),
                (SELECT count(*) FROM message_queue_dead_letters WHERE queue = $1)
            """, [.text(QueueMessage.queue)])
        let (depth, visible) = (answer.integer(0, 0) ?? 0, answer.integer(0, 1) ?? 0)
        let estimate = depth < StoreContents.counted ? depth : max(depth, answer.integer(0, 2) ?? 0)
        return StoreContents(
            depth: estimate, visible: visible < StoreContents.counted ? visible : estimate,
            oldestAge: answer.integer(0, 3).map { max(0, now - $0) }, deadLetters: answer.integer(0, 4) ?? 0)
    }

    private static func milliseconds(_ column: String) -> String { "(extract(epoch FROM \(column)) * 1000)::bigint" }
}
