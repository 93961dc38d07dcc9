/// The tables of the queue, and how an older file becomes a newer one.
enum SQLiteSchema {
    /// One step per version; a step that was released is never changed.
    static let steps = [
        """
        CREATE TABLE message_queue_messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            queue TEXT NOT NULL,
            body TEXT NOT NULL,
            enqueued_at INTEGER NOT NULL,
            visible_at INTEGER NOT NULL,
            receives INTEGER NOT NULL DEFAULT 0,
            ingress_key TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE INDEX message_queue_messages_visible ON message_queue_messages (queue, visible_at, id);
        CREATE TABLE message_queue_dead_letters (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            queue TEXT NOT NULL,
            body BLOB NOT NULL,
            enqueued_at INTEGER NOT NULL,
            buried_at INTEGER NOT NULL,
            receives INTEGER NOT NULL,
            reason TEXT NOT NULL,
            ingress_key TEXT NOT NULL UNIQUE
        ) STRICT;
        """,
        """
        ALTER TABLE message_queue_messages ADD COLUMN checksum INTEGER;
        CREATE INDEX message_queue_messages_spent ON message_queue_messages (queue, visible_at)
            WHERE receives >= 3;
        """,
    ]

    /// All steps that are missing, in one transaction: after a crash the file is of the old version or of the new.
    static func migrate(_ connection: SQLiteConnection, _ path: String) throws(StoreError) {
        guard try version(of: connection, path) < steps.count else { return }
        try connection.transaction { () throws(StoreError) in
            // Another process may have been first.
            let version = try version(of: connection, path)
            for step in steps.dropFirst(version) { try connection.execute(step) }
            try connection.execute("PRAGMA user_version = \(steps.count)")
        }
    }

    /// For readers: the file must be of this version already.
    static func require(_ connection: SQLiteConnection, _ path: String) throws(StoreError) {
        guard try version(of: connection, path) == steps.count else {
            throw .unavailable("\(path) is of an older version: a broker brings it up to date when it starts")
        }
    }

    private static func version(of connection: SQLiteConnection, _ path: String) throws(StoreError) -> Int {
        let version = Int(try connection.integer("PRAGMA user_version") ?? 0)
        guard (0...steps.count).contains(version) else {
            throw .unavailable("\(path) is of version \(version); this program knows up to \(steps.count)")
        }
        return version
    }
}
