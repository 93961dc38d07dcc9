import CSQLite
import Ledger

/// The embedded store: one file in the broker's data directory, read by plain SQL.
final class SQLiteBackend: Backend {
    let name = "sqlite"
    let settings = ["MESSAGE_QUEUE_TYPE": "sqlite"]
    let path: String
    private var holder: OpaquePointer?

    init(data: String) {
        path = data + "/queue.sqlite"
    }

    func start() throws {}
    func stop() { release() }

    func stored() throws -> StoreContents {
        let database = try open()
        defer { sqlite3_close_v2(database) }
        var contents = StoreContents()
        for table in ["message_queue_messages", "message_queue_dead_letters"] {
            try read(table, of: database, into: &contents)
        }
        return contents
    }

    /// Keeps every other writer out until `release`.
    func hold() throws {
        let database = try open()
        holder = database
        guard sqlite3_exec(database, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK else {
            throw Failure("\(path) cannot be held: \(String(cString: sqlite3_errmsg(database)))")
        }
    }

    func release() {
        guard let holder = holder.take() else { return }
        sqlite3_exec(holder, "ROLLBACK", nil, nil, nil)
        sqlite3_close_v2(holder)
    }

    private func open() throws -> OpaquePointer {
        var database: OpaquePointer?
        guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK,
            let database
        else { throw Failure("\(path) cannot be opened") }
        sqlite3_busy_timeout(database, 5_000)
        return database
    }

    private func read(_ table: String, of database: OpaquePointer, into contents: inout StoreContents) throws {
        var statement: OpaquePointer?
        guard
            sqlite3_prepare_v2(
                database, "SELECT id, ingress_key, body FROM \(table) ORDER BY id", -1, &statement, nil) == SQLITE_OK
        else { throw Failure("\(path) cannot be read: \(String(cString: sqlite3_errmsg(database)))") }
        defer { sqlite3_finalize(statement) }
        while true {
            let step = sqlite3_step(statement)
            guard step == SQLITE_ROW else {
                guard step == SQLITE_DONE else {
                    throw Failure("\(path) cannot be read: \(String(cString: sqlite3_errmsg(database)))")
                }
                return
            }
            let key = sqlite3_column_text(statement, 1).map { String(cString: $0) } ?? ""
            let count = Int(sqlite3_column_bytes(statement, 2))
            let body = sqlite3_column_blob(statement, 2).map {
                Array(UnsafeRawBufferPointer(start: $0, count: count))
            }
            contents.add(row: Int(sqlite3_column_int64(statement, 0)), key: key, body: body ?? [])
        }
    }
}
