/// Puts messages into the queue's table, many with one statement.
///
/// Each run of a statement looks the schema over, and reads and writes the highest id that was ever given: for a row
/// of its own that is more work than the row. What the rows consist of stands in one buffer, where SQLite reads it.
final class SQLiteInsertion {
    private struct Form {
        let rows: Int
        let sql: String

        init(rows: Int) {
            self.rows = rows
            let values = (0..<rows).map { row in
                let first = SQLiteInsertion.places(of: row)
                return "(?1, ?\(first), ?\(first + 1), ?\(first + 1), 0, ?\(first + 2), ?\(first + 3))"
            }
            // A failure ends the transaction, so no statement has to be undone by itself.
            sql = """
                INSERT OR FAIL INTO message_queue_messages
                    (queue, body, enqueued_at, visible_at, receives, ingress_key, checksum)
                VALUES \(values.joined(separator: ", ")) ON CONFLICT (ingress_key) DO NOTHING
                """
        }
    }

    private struct Row {
        let body: Range<Int>
        let key: Range<Int>
        let enqueuedAt: Int64
    }

    /// A batch is as often small as large.
    private static let forms = [Form(rows: 32), Form(rows: 8), Form(rows: 1)]
    /// Bytes for which rows go together; large ones gain nothing by it.
    private static let most = 1 << 18

    private var bytes: [UInt8] = []
    private var rows: [Row] = []

    /// Within a transaction of `connection`, in their order.
    func run(_ messages: [QueueMessage], on connection: SQLiteConnection) throws(StoreError) {
        defer { if bytes.capacity > 2 * SQLiteInsertion.most { bytes = [] } }
        var rest = messages[...]
        for form in SQLiteInsertion.forms {
            guard rest.count >= form.rows else { continue }
            let insert = try connection.statement(form.sql)
            while rest.count >= form.rows {
                guard form.rows == 1 || isLight(rest.prefix(form.rows)) else { break }
                try run(insert, rest.prefix(form.rows))
                rest.removeFirst(form.rows)
            }
        }
    }

    private func isLight(_ messages: ArraySlice<QueueMessage>) -> Bool {
        messages.reduce(0) { $0 + $1.body.count } <= SQLiteInsertion.most
    }

    private func run(_ insert: SQLiteStatement, _ messages: ArraySlice<QueueMessage>) throws(StoreError) {
        lay(messages)
        try bytes.withUnsafeBufferPointer { bytes throws(StoreError) in
            try insert.run { parameters throws(StoreError) in
                func text(_ place: Range<Int>) -> UnsafeRawBufferPointer {
                    UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[place]))
                }
                try parameters.bind(text(0..<QueueMessage.queue.utf8.count), at: 1)
                for (number, row) in rows.enumerated() {
                    let first = SQLiteInsertion.places(of: number)
                    let (body, key) = (text(row.body), text(row.key))
                    let checksum = RowChecksum(body: body, enqueuedAt: row.enqueuedAt, key: key)
                    try parameters.bind(body, at: first)
                    try parameters.bind(row.enqueuedAt, at: first + 1)
                    try parameters.bind(key, at: first + 2)
                    try parameters.bind(checksum.value, at: first + 3)
                }
            }
        }
    }

    /// Lays the queue's name down, and behind it what the rows consist of.
    private func lay(_ messages: ArraySlice<QueueMessage>) {
        bytes.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        bytes.append(QueueMessage.queue)
        for message in messages {
            let start = bytes.count
            bytes += message.body
            let end = bytes.count
            message.key.write(to: &bytes)
            rows.append(Row(body: start..<end, key: end..<bytes.count, enqueuedAt: message.enqueuedAt))
        }
    }

    /// The first of a row's four parameters; the queue's name, which all rows have, is before them.
    private static func places(of row: Int) -> Int32 { 2 + 4 * Int32(row) }
}
