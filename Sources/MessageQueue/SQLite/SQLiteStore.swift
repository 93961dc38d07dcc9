import CSQLite
import Glibc

/// The queue in one SQLite file: for a broker that has no database beside it.
///
/// Commits survive a loss of power: write-ahead log with `synchronous=FULL`, asserted at each opening. [T-50] [SD-8]
package final class SQLiteStore: MessageStore {
    package let path: String
    private var connection: SQLiteConnection?
    private let insertion = SQLiteInsertion()
    /// What was found missing at the start; the rest is served all the same. [T-59]
    private let warning: String?
    private var checkpointer: SQLiteCheckpointer
    private let limits: SQLiteCheckpointer.Limits
    /// Of whoever looks, who may be another thread than the one that writes: counting holds up no commit.
    private var observer: SQLiteConnection?

    /// Opens the file, makes it if missing, and checks that it is whole.
    package convenience init(_ path: String) throws(StoreError) {
        try self.init(path, SQLiteCheckpointer.Limits())
    }

    init(_ path: String, _ limits: SQLiteCheckpointer.Limits) throws(StoreError) {
        self.path = path
        self.limits = limits
        checkpointer = SQLiteCheckpointer(path, limits: limits)
        try SQLiteStore.makeFile(path)
        try FileSystem.requireLocal(path)
        warning = try WriteAheadLog.keepIfDamaged(of: path, at: QueueClock.wall())
        let connection = try SQLiteStore.open(path)
        try SQLiteStore.check(connection, path)
        try SQLiteSchema.migrate(connection, path)
        try SQLiteStore.beginLogAnew(connection)
        connection.watchLog()
        self.connection = connection
    }

    package func append(_ messages: [QueueMessage]) throws(StoreError) {
        let connection = try opened()
        try checkpointer.requireWhole()
        try connection.transaction { () throws(StoreError) in try insertion.run(messages, on: connection) }
    }

    package func bury(_ message: QueueMessage, reason: String) throws(StoreError) {
        let connection = try opened()
        try checkpointer.requireWhole()
        try connection.transaction { () throws(StoreError) in
            let insert = try connection.statement(
                """
                INSERT INTO message_queue_dead_letters (queue, body, enqueued_at, buried_at, receives, reason, ingress_key)
                VALUES (?, ?, ?, ?, 0, ?, ?) ON CONFLICT (ingress_key) DO NOTHING
                """)
            // A blob: whatever was wrong with it as text is not wrong here.
            try insert.run([
                .text(Array(QueueMessage.queue.utf8)), .blob(message.body), .integer(message.enqueuedAt),
                .integer(message.enqueuedAt), .text(Array(reason.utf8)), .text(message.key.bytes),
            ])
        }
    }

    package func settle() {
        guard let connection else { return }
        checkpointer.settle(connection)
    }

    /// After a failed sync the log's pages may look written and not be: what the new connection can read is copied
    /// into the database and synced there before anything counts as stored. [T-51]
    package func reopen() throws(StoreError) {
        close()
        let fresh = try SQLiteStore.open(path)
        guard try fresh.integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0 else {
            throw .unavailable("\(path) is held by another program")
        }
        fresh.watchLog()
        checkpointer = SQLiteCheckpointer(path, limits: limits)
        connection = fresh
    }

    package func contents(at now: Int64) throws(StoreError) -> StoreContents {
        do throws(StoreError) {
            var contents = try SQLiteRows.contents(observing(), at: now)
            contents.warning = warning
            return contents
        } catch {
            observer = nil
            throw error
        }
    }

    private func observing() throws(StoreError) -> SQLiteConnection {
        if let observer { return observer }
        let fresh = try SQLiteConnection(path)
        observer = fresh
        return fresh
    }

    package func readCounts() throws(StoreError) -> ReadCounts? {
        try SQLiteSchema.readCounts(observing())
    }

    /// Those with the lowest ids are the oldest, unless a clock was wrong when they came; what nobody has touched since
    /// is found behind them, too, by an index that is there.
    package func expire(enqueuedBefore time: Int64, atMost limit: Int) throws(StoreError) -> Int {
        try opened().statement(
            """
            DELETE FROM message_queue_messages WHERE enqueued_at < ?2 AND id IN (
                SELECT id FROM (SELECT id FROM message_queue_messages ORDER BY id LIMIT ?1)
                UNION
                SELECT id FROM (
                    SELECT id FROM message_queue_messages WHERE visible_at < ?2 AND enqueued_at < ?2
                    ORDER BY visible_at LIMIT ?1))
            RETURNING id
            """
        ).rows([.integer(Int64(limit)), .integer(time)]) { $0.integer(0) }.count
    }

    package func close() {
        checkpointer.stop()
        connection = nil
    }

    /// For tests: what a consumer or an administrator would do to the file.
    func execute(_ sql: String) throws(StoreError) {
        try opened().execute(sql)
    }

    func integer(_ sql: String) throws(StoreError) -> Int64? {
        try opened().integer(sql)
    }

    private func opened() throws(StoreError) -> SQLiteConnection {
        guard let connection else { throw .unavailable("\(path) is closed") }
        return connection
    }

    /// SQLite would make it readable for everybody.
    static func makeFile(_ path: String) throws(StoreError) {
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .unavailable("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
        Glibc.close(file)
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let directory = Glibc.open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else {
            throw .unavailable("\(folder) cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { Glibc.close(directory) }
        guard fsync(directory) == 0 else {
            throw .unavailable("\(folder) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    static func open(_ path: String) throws(StoreError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path)
        guard try connection.text("PRAGMA journal_mode = WAL") == "wal" else {
            throw .unavailable("\(path) cannot use a write-ahead log: its file system must be a local one")
        }
        // Setting the journal mode may reset it: last, and read back.
        try connection.execute("PRAGMA synchronous = FULL")
        guard try connection.integer("PRAGMA synchronous") == 2 else {
            throw .unavailable("\(path) does not wait for the disk; this build of SQLite cannot be used")
        }
        // The log is cut back after a burst.
        try connection.execute("PRAGMA journal_size_limit = 67108864")
        return connection
    }

    /// What a crash left in the log goes into the database: nothing of it stands behind later commits, where it would
    /// look like one of them. Somebody else who reads the file now may be in the way, and that is no harm.
    static func beginLogAnew(_ connection: SQLiteConnection) throws(StoreError) {
        _ = try connection.integer("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// Nothing is deleted because it cannot be read: a person decides. [T-59] [T-65]
    private static func check(_ connection: SQLiteConnection, _ path: String) throws(StoreError) {
        let found = try connection.text("PRAGMA quick_check(1)") ?? "no answer"
        guard found == "ok" else {
            throw .unavailable("\(path) is damaged (\(found)): restore it, or move it away and keep it for repair")
        }
    }
}
