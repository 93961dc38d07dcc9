import Glibc

/// Reads the queue in a SQLite file, on a connection of its own, beside the broker that writes it.
package final class SQLiteSource: MessageSource {
    private let connection: SQLiteConnection
    package private(set) var counts = ReadCounts()

    /// Between two looks: SQLite tells nobody what others wrote.
    private static let pause: Int64 = 100

    /// `path` is a file that a broker has made.
    package init(_ path: String) throws(StoreError) {
        guard access(path, F_OK) == 0 else {
            throw .unavailable("there is no queue at \(path): a broker makes it when it starts")
        }
        connection = try SQLiteConnection(path)
        try SQLiteSchema.require(connection, path)
        // What is taken again after a loss of power is dealt with twice, as at least once allows.
        try connection.execute("PRAGMA synchronous = NORMAL")
    }

    package func receive(atMost limit: Int, visibility: Int64) throws(StoreError) -> [ReceivedMessage] {
        var messages: [ReceivedMessage] = []
        let now = QueueClock.wall()
        try connection.transaction { () throws(StoreError) in
            messages = []
            try buryWhatIsSpent(at: now)
            // A damaged row is not given out, and another takes its place.
            while messages.count < limit {
                let rows = try take(limit - messages.count, visibility: visibility, at: now)
                guard !rows.isEmpty else { break }
                for row in rows {
                    if row.isWhole {
                        messages.append(row.message)
                    } else {
                        try SQLiteRows.quarantine(row.message.receipt.id, on: connection, at: now)
                    }
                }
            }
        }
        counts.received += Int64(messages.count)
        return messages.sorted { $0.receipt.id < $1.receipt.id }
    }

    package func awaitNews(atMost milliseconds: Int64) throws(StoreError) {
        QueueClock.sleep(min(milliseconds, SQLiteSource.pause))
    }

    package func delete(_ receipts: [Receipt]) throws(StoreError) -> [Receipt] {
        var stale: [Receipt] = []
        try connection.transaction { () throws(StoreError) in
            stale = []
            let delete = try connection.statement(
                "DELETE FROM message_queue_messages WHERE id = ? AND receives = ? RETURNING id")
            for receipt in receipts
            where try delete.rows([.integer(receipt.id), .integer(receipt.receives)], { $0.integer(0) }).isEmpty {
                stale.append(receipt)
            }
        }
        counts.deleted += Int64(receipts.count - stale.count)
        return stale
    }

    package func changeVisibility(of receipt: Receipt, to milliseconds: Int64) throws(StoreError) -> Bool {
        let now = QueueClock.wall()
        let changed = try connection.statement(
            """
            UPDATE message_queue_messages SET visible_at = ?
            WHERE id = ? AND receives = ? AND visible_at > ? RETURNING id
            """
        ).rows(
            [
                .integer(now + milliseconds), .integer(receipt.id), .integer(receipt.receives), .integer(now),
            ], { $0.integer(0) })
        counts.changedVisibility += Int64(changed.count)
        return !changed.isEmpty
    }

    package func peek(atMost limit: Int, after id: Int64) throws(StoreError) -> [WaitingMessage] {
        try connection.statement(
            """
            SELECT id, body, enqueued_at, visible_at, receives FROM message_queue_messages
            WHERE queue = ? AND id > ? ORDER BY id LIMIT ?
            """
        ).rows([.text(Array(QueueMessage.queue.utf8)), .integer(id), .integer(Int64(limit))]) { row in
            WaitingMessage(
                id: row.integer(0), body: row.bytes(1), enqueuedAt: row.integer(2), visibleAt: row.integer(3),
                receives: row.integer(4))
        }
    }

    package func deadLetters(atMost limit: Int, after id: Int64) throws(StoreError) -> [DeadLetter] {
        try connection.statement(
            """
            SELECT id, body, enqueued_at, buried_at, receives, reason FROM message_queue_dead_letters
            WHERE queue = ? AND id > ? ORDER BY id LIMIT ?
            """
        ).rows([.text(Array(QueueMessage.queue.utf8)), .integer(id), .integer(Int64(limit))]) { row in
            DeadLetter(
                id: row.integer(0), body: row.bytes(1), enqueuedAt: row.integer(2), buriedAt: row.integer(3),
                receives: row.integer(4), reason: String(decoding: row.bytes(5), as: UTF8.self))
        }
    }

    package func redrive(_ ids: [Int64]?, atMost limit: Int) throws(StoreError) -> Int {
        var count = 0
        let now = QueueClock.wall()
        try connection.transaction { () throws(StoreError) in
            count = 0
            var chosen = ids ?? []
            if ids == nil { chosen = try deadLetters(atMost: limit, after: 0).map(\.id) }
            for id in chosen.prefix(limit) {
                let put = try connection.statement(
                    """
                    INSERT INTO message_queue_messages
                        (queue, body, enqueued_at, visible_at, receives, ingress_key, checksum)
                    SELECT queue, CAST(body AS TEXT), ?, ?, 0, ingress_key, NULL
                    FROM message_queue_dead_letters WHERE id = ? AND queue = ?
                    ON CONFLICT (ingress_key) DO NOTHING RETURNING id
                    """
                ).rows([.integer(now), .integer(now), .integer(id), .text(Array(QueueMessage.queue.utf8))]) {
                    $0.integer(0)
                }
                try connection.statement("DELETE FROM message_queue_dead_letters WHERE id = ?").run([.integer(id)])
                count += put.count
            }
        }
        return count
    }

    package func contents(at now: Int64) throws(StoreError) -> StoreContents {
        try SQLiteRows.contents(connection, at: now)
    }

    private struct Taken {
        let message: ReceivedMessage
        let isWhole: Bool
    }

    private func take(_ limit: Int, visibility: Int64, at now: Int64) throws(StoreError) -> [Taken] {
        try connection.statement(
            """
            UPDATE message_queue_messages SET receives = receives + 1, visible_at = ?
            WHERE id IN (
                SELECT id FROM message_queue_messages WHERE queue = ? AND visible_at <= ?
                ORDER BY visible_at, id LIMIT ?)
            RETURNING id, receives, body, enqueued_at, ingress_key, checksum
            """
        ).rows([
            .integer(now + visibility), .text(Array(QueueMessage.queue.utf8)), .integer(now), .integer(Int64(limit)),
        ]) { row in
            let message = ReceivedMessage(
                receipt: Receipt(id: row.integer(0), receives: row.integer(1)), body: row.bytes(2),
                enqueuedAt: row.integer(3))
            guard !row.isNull(5) else { return Taken(message: message, isWhole: true) }
            let isWhole = SQLiteRows.isWhole(
                body: message.body, enqueuedAt: message.enqueuedAt, key: row.bytes(4), checksum: row.integer(5))
            return Taken(message: message, isWhole: isWhole)
        }
    }

    private func buryWhatIsSpent(at now: Int64) throws(StoreError) {
        try connection.statement(
            """
            INSERT INTO message_queue_dead_letters (queue, body, enqueued_at, buried_at, receives, reason, ingress_key)
            SELECT queue, CAST(body AS BLOB), enqueued_at, ?, receives, 'received ' || receives || ' times', ingress_key
            FROM message_queue_messages
            WHERE queue = ? AND receives >= \(QueuePolicy.mostReceives) AND visible_at <= ?
            ON CONFLICT (ingress_key) DO NOTHING
            """
        ).run([.integer(now), .text(Array(QueueMessage.queue.utf8)), .integer(now)])
        try connection.statement(
            """
            DELETE FROM message_queue_messages
            WHERE queue = ? AND receives >= \(QueuePolicy.mostReceives) AND visible_at <= ?
            """
        ).run([.text(Array(QueueMessage.queue.utf8)), .integer(now)])
    }
}
