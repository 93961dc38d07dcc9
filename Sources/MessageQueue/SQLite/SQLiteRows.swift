/// What writers and readers of the file have in common: counting, checksums, and what to do with a damaged row.
enum SQLiteRows {
    /// Whether a row's bytes are those that were stored. [T-59]
    static func isWhole(body: [UInt8], enqueuedAt: Int64, key: [UInt8], checksum: Int64) -> Bool {
        let sum = body.withUnsafeBytes { body in
            key.withUnsafeBytes { RowChecksum(body: body, enqueuedAt: enqueuedAt, key: $0).value }
        }
        return sum == checksum || formerChecksum(body: body, enqueuedAt: enqueuedAt, key: key) == checksum
    }

    /// What the first three versions of the file have: FNV-1a.
    static func formerChecksum(body: [UInt8], enqueuedAt: Int64, key: [UInt8]) -> Int64 {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { sum = (sum ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        for byte in body { add(byte) }
        add(0xFF)
        for byte in key { add(byte) }
        withUnsafeBytes(of: enqueuedAt.littleEndian) { bytes in
            for byte in bytes { add(byte) }
        }
        return Int64(bitPattern: sum)
    }

    /// Puts a row whose bytes have changed on the disk aside, as it is, for a person to look at. [T-59]
    static func quarantine(_ id: Int64, on connection: SQLiteConnection, at now: Int64) throws(StoreError) {
        try connection.statement(
            """
            INSERT INTO message_queue_dead_letters (queue, body, enqueued_at, buried_at, receives, reason, ingress_key)
            SELECT queue, CAST(body AS BLOB), enqueued_at, ?, receives, 'its bytes changed on the disk', ingress_key
            FROM message_queue_messages WHERE id = ? ON CONFLICT (ingress_key) DO NOTHING
            """
        ).run([.integer(now), .integer(id)])
        try connection.statement("DELETE FROM message_queue_messages WHERE id = ?").run([.integer(id)])
    }

    /// Exact up to a hundred thousand; beyond, by the ids that are in use, for counting reads the whole file.
    static func contents(_ connection: SQLiteConnection, at now: Int64) throws(StoreError) -> StoreContents {
        let count = try connection.integer(
            "SELECT count(*) FROM (SELECT 1 FROM message_queue_messages LIMIT \(StoreContents.counted))")
        let span = try connection.integer(
            "SELECT max(id) - (SELECT min(id) FROM message_queue_messages) + 1 FROM message_queue_messages")
        let depth = (count ?? 0) < StoreContents.counted ? count ?? 0 : max(count ?? 0, span ?? 0)
        let hidden = try connection.statement(
            """
            SELECT count(*) FROM (
                SELECT 1 FROM message_queue_messages WHERE visible_at > ? LIMIT \(StoreContents.counted))
            """
        ).rows([.integer(now)]) { $0.integer(0) }
        // Whoever opens the file can write any number there.
        let oldest = try connection.integer(
            "SELECT max(0, enqueued_at) FROM message_queue_messages ORDER BY id LIMIT 1")
        let deadLetters = try connection.integer("SELECT count(*) FROM message_queue_dead_letters")
        return StoreContents(
            depth: depth, visible: max(0, depth - (hidden.first ?? 0)), oldestAge: oldest.map { max(0, now - $0) },
            deadLetters: deadLetters ?? 0)
    }
}
