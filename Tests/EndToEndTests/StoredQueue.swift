import CSQLite
import Foundation
import TestSupport

/// The embedded queue read from outside, as any consumer would, by SQL.
enum StoredQueue {
    struct Message {
        let fields: [String: Any]
        let worker: String
        let pool: String

        /// Bodies are base64 of a JSON object.
        init(body: String) throws {
            guard let data = Data(base64Encoded: body),
                let fields = try JSONSerialization.jsonObject(with: data) as? [String: Any],
                let worker = fields["worker_ulid"] as? String, let pool = fields["worker_pool_ulid"] as? String
            else { throw Overdue(description: "a body is base64 of an object with its worker: \(body)") }
            self.fields = fields
            self.worker = worker
            self.pool = pool
        }
    }

    /// Every message, in the order of its storing.
    static func messages(in directory: String) throws -> [Message] {
        try bodies(in: directory + "/queue.sqlite").map { try Message(body: $0) }
    }

    private static func bodies(in path: String) throws -> [String] {
        var database: OpaquePointer?
        guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
            throw Overdue(description: "opening \(path)")
        }
        defer { sqlite3_close_v2(database) }
        sqlite3_busy_timeout(database, 30_000)
        var statement: OpaquePointer?
        guard
            sqlite3_prepare_v2(database, "SELECT body FROM message_queue_messages ORDER BY id", -1, &statement, nil)
                == SQLITE_OK
        else { throw Overdue(description: "reading \(path): \(String(cString: sqlite3_errmsg(database)))") }
        defer { sqlite3_finalize(statement) }
        var bodies: [String] = []
        var step = sqlite3_step(statement)
        while step == SQLITE_ROW {
            if let text = sqlite3_column_text(statement, 0) { bodies.append(String(cString: text)) }
            step = sqlite3_step(statement)
        }
        // Part of it would be taken for all of it.
        guard step == SQLITE_DONE else {
            throw Overdue(description: "reading \(path): \(String(cString: sqlite3_errmsg(database)))")
        }
        return bodies
    }
}
