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
        // What readers do is counted where they do it, whoever they are; what becomes a dead letter is removed, and
        // nobody deleted it, nor what is too old.
        """
        CREATE TABLE message_queue_counts (name TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
        INSERT INTO message_queue_counts VALUES ('received', 0), ('changed_visibility', 0), ('deleted', 0);
        CREATE TRIGGER message_queue_count_received AFTER UPDATE OF receives ON message_queue_messages
            WHEN new.receives > old.receives
            BEGIN UPDATE message_queue_counts SET count = count + 1 WHERE name = 'received'; END;
        CREATE TRIGGER message_queue_count_changed AFTER UPDATE OF visible_at ON message_queue_messages
            WHEN new.receives = old.receives
            BEGIN UPDATE message_queue_counts SET count = count + 1 WHERE name = 'changed_visibility'; END;
        CREATE TRIGGER message_queue_count_deleted AFTER DELETE ON message_queue_messages
            WHEN old.enqueued_at > (strftime('%s', 'now') - 345600) * 1000
                AND NOT EXISTS (SELECT 1 FROM message_queue_dead_letters WHERE ingress_key = old.ingress_key)
            BEGIN UPDATE message_queue_counts SET count = count + 1 WHERE name = 'deleted'; END;
        """,
        // All messages are of one queue, and an index ends with the id of itself: every message writes it, and each
        // page of it that a commit touches goes to the log whole. A program that knows the tables only up to here
        // would take the new checksums for damage.
        """
        DROP INDEX message_queue_messages_visible;
        CREATE INDEX message_queue_messages_visible ON message_queue_messages (visible_at);
        """,
    ]

    /// What all readers have done since the table was made.
    static func readCounts(_ connection: SQLiteConnection) throws(StoreError) -> ReadCounts {
        func count(_ name: String) throws(StoreError) -> Int64 {
            try connection.integer("SELECT count FROM message_queue_counts WHERE name = '\(name)'") ?? 0
        }
        var counts = ReadCounts()
        counts.received = try count("received")
        counts.changedVisibility = try count("changed_visibility")
        counts.deleted = try count("deleted")
        return counts
    }

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
