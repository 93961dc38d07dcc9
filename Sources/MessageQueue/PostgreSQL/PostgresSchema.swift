/// The tables of the queue in PostgreSQL, and how older ones become newer ones.
enum PostgresSchema {
    /// One step per version, each a list of statements; a step that was released is never changed.
    static let steps = [
        [
            """
            CREATE TABLE message_queue_messages (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                queue text NOT NULL,
                body text NOT NULL,
                enqueued_at timestamptz NOT NULL,
                visible_at timestamptz NOT NULL DEFAULT now(),
                receives integer NOT NULL DEFAULT 0,
                ingress_key text NOT NULL UNIQUE
            ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000)
            """,
            "CREATE INDEX message_queue_messages_visible ON message_queue_messages (queue, visible_at, id)",
            """
            CREATE INDEX message_queue_messages_spent ON message_queue_messages (queue, visible_at) WHERE receives >= 3
            """,
            """
            CREATE TABLE message_queue_dead_letters (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                queue text NOT NULL,
                body bytea NOT NULL,
                enqueued_at timestamptz NOT NULL,
                buried_at timestamptz NOT NULL DEFAULT now(),
                receives integer NOT NULL,
                reason text NOT NULL,
                ingress_key text NOT NULL UNIQUE
            )
            """,
        ],
        // What readers do is counted where they do it, whoever they are. Sequences, because they are locked by nobody;
        // open to all, because a reader that may take a message must not fail for want of a right to count it.
        [
            "CREATE SEQUENCE message_queue_received",
            "CREATE SEQUENCE message_queue_changed_visibility",
            "CREATE SEQUENCE message_queue_removed",
            "CREATE SEQUENCE message_queue_spent",
            """
            GRANT USAGE ON SEQUENCE message_queue_received, message_queue_changed_visibility, message_queue_removed,
                message_queue_spent TO PUBLIC
            """,
            """
            CREATE FUNCTION message_queue_count() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM nextval((quote_ident(TG_TABLE_SCHEMA) || '.' || TG_ARGV[0])::regclass);
                RETURN NULL;
            END $$
            """,
            """
            CREATE TRIGGER message_queue_count_received AFTER UPDATE OF receives ON message_queue_messages
            FOR EACH ROW WHEN (new.receives > old.receives) EXECUTE FUNCTION message_queue_count('message_queue_received')
            """,
            """
            CREATE TRIGGER message_queue_count_changed AFTER UPDATE OF visible_at ON message_queue_messages
            FOR EACH ROW WHEN (new.receives = old.receives)
            EXECUTE FUNCTION message_queue_count('message_queue_changed_visibility')
            """,
            """
            CREATE TRIGGER message_queue_count_removed AFTER DELETE ON message_queue_messages
            FOR EACH ROW WHEN (old.enqueued_at > now() - interval '4 days')
            EXECUTE FUNCTION message_queue_count('message_queue_removed')
            """,
            """
            CREATE TRIGGER message_queue_count_spent AFTER INSERT ON message_queue_dead_letters
            FOR EACH ROW WHEN (new.receives > 0 AND new.enqueued_at > now() - interval '4 days')
            EXECUTE FUNCTION message_queue_count('message_queue_spent')
            """,
        ],
    ]

    /// What all readers have done since the tables were made; may be a few too high after a crash of the database.
    static func readCounts(_ connection: PostgresConnection) throws(StoreError) -> ReadCounts {
        let names = ["received", "changed_visibility", "removed", "spent"]
        let looks = names.map { "(SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM message_queue_\($0))" }
        let rows = try connection.run("SELECT \(looks.joined(separator: ", "))")
        var counts = ReadCounts()
        counts.received = rows.integer(0, 0) ?? 0
        counts.changedVisibility = rows.integer(0, 1) ?? 0
        // What became a dead letter was removed, and nobody deleted it.
        counts.deleted = max(0, (rows.integer(0, 2) ?? 0) - (rows.integer(0, 3) ?? 0))
        return counts
    }

    /// All steps that are missing, in one transaction: whoever else starts at the same time waits for its end.
    static func migrate(_ connection: PostgresConnection) throws(StoreError) {
        // Seldom needed, so nobody waits for anybody.
        if try version(of: connection) == steps.count { return }
        try connection.transaction { () throws(StoreError) in
            try connection.run("SELECT pg_advisory_xact_lock($1)", [.integer(lock)])
            let version = try version(of: connection)
            guard version < steps.count else { return }
            if version == 0 {
                try connection.run(
                    "CREATE TABLE message_queue_schema (version integer NOT NULL, migrated_at timestamptz NOT NULL)")
            }
            for step in steps.dropFirst(version) {
                for statement in step { try connection.run(statement) }
            }
            try connection.run("DELETE FROM message_queue_schema")
            try connection.run(
                "INSERT INTO message_queue_schema (version, migrated_at) VALUES ($1, now())",
                [.integer(Int64(steps.count))])
        }
    }

    /// Any number that nothing else in a platform's database locks.
    private static let lock: Int64 = 0x5147_4E41_4C42_4F58

    /// 0 if there are no tables of ours.
    private static func version(of connection: PostgresConnection) throws(StoreError) -> Int {
        // The tables of tables, read as any other: what looks up a name may remember that there was none.
        let found = try connection.run(
            """
            SELECT bool_or(relname = 'message_queue_schema'), bool_or(relname = 'message_queue_messages')
            FROM pg_class WHERE relname IN ('message_queue_schema', 'message_queue_messages') AND pg_table_is_visible(oid)
            """)
        guard found.text(0, 0) == "t" else {
            guard found.text(0, 1) != "t" else {
                throw .unavailable(
                    "the database has a table message_queue_messages that this program did not make; use another database"
                        + " or schema")
            }
            return 0
        }
        let version = try connection.run("SELECT max(version) FROM message_queue_schema").integer(0, 0) ?? 0
        guard (1...Int64(steps.count)).contains(version) else {
            throw .unavailable(
                "the database's queue is of version \(version); this program knows up to \(steps.count)")
        }
        return Int(version)
    }
}
