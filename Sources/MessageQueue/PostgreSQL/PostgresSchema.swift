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
        ]
    ]

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
