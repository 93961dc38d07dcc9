import CSQLite

/// One open SQLite file; closed with the value that stands for it.
final class SQLiteConnection {
    private let handle: OpaquePointer
    private let path: String
    private var statements: [String: SQLiteStatement] = [:]
    private var logLength: UnsafeMutablePointer<Int32>?

    init(_ path: String) throws(StoreError) {
        var opened: OpaquePointer?
        let status = sqlite3_open_v2(
            path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, nil)
        guard let opened else { throw .unavailable("\(path) cannot be opened: out of memory") }
        handle = opened
        self.path = path
        guard status == SQLITE_OK else { throw error(status) }
        sqlite3_extended_result_codes(handle, 1)
        // A consumer's transaction may be in the way for a moment.
        sqlite3_busy_timeout(handle, 2_000)
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
        logLength?.deallocate()
    }

    /// From now on no commit copies the log into the database, and each says how long the log is.
    func watchLog() {
        guard logLength == nil else { return }
        let length = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
        length.initialize(to: 0)
        logLength = length
        // The hook takes the place of SQLite's own, which copies.
        sqlite3_wal_hook(
            handle,
            { length, _, _, frames in
                length?.assumingMemoryBound(to: Int32.self).pointee = frames
                return SQLITE_OK
            }, length)
    }

    /// Pages in the log after the last commit of this connection; 0 if nobody watches.
    var logFrames: Int32 {
        get { logLength?.pointee ?? 0 }
        set { logLength?.pointee = newValue }
    }

    struct Log {
        var frames: Int32
        var copied: Int32

        var isCopied: Bool { copied == frames }
    }

    /// Copies into the database what can be copied without waiting for anybody; nothing while somebody else does it.
    func checkpoint() throws(StoreError) -> Log {
        var log = Log(frames: 0, copied: 0)
        let status = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &log.frames, &log.copied)
        switch status & 0xFF {
        case SQLITE_OK: return log
        case SQLITE_BUSY, SQLITE_LOCKED: return Log(frames: 1, copied: 0)
        default: throw error(status)
        }
    }

    /// Runs statements that answer nothing.
    func execute(_ sql: String) throws(StoreError) {
        let status = sqlite3_exec(handle, sql, nil, nil, nil)
        guard status == SQLITE_OK else { throw error(status) }
    }

    /// Runs `body`, and commits what it did unless it throws.
    func transaction(_ body: () throws(StoreError) -> Void) throws(StoreError) {
        try statement("BEGIN IMMEDIATE").run([])
        do {
            try body()
            try statement("COMMIT").run([])
        } catch {
            // Some errors have rolled back already.
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// The prepared form of `sql`, kept for the next time.
    func statement(_ sql: String) throws(StoreError) -> SQLiteStatement {
        if let known = statements[sql] { return known }
        let made = try SQLiteStatement(sql, on: handle)
        statements[sql] = made
        return made
    }

    /// The first column of the first row.
    func integer(_ sql: String) throws(StoreError) -> Int64? {
        try statement(sql).integer()
    }

    func text(_ sql: String) throws(StoreError) -> String? {
        try statement(sql).text()
    }

    private func error(_ status: Int32) -> StoreError {
        StoreError(sqlite: status, on: handle)
    }
}

extension StoreError {
    /// Only what is wrong with a row itself is refused for good; everything else may pass. A lock that somebody else
    /// holds says nothing about the disk.
    init(sqlite status: Int32, on handle: OpaquePointer) {
        let reason = "\(String(cString: sqlite3_errmsg(handle))) (SQLite \(status))"
        switch status & 0xFF {
        case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH: self = .refused(reason)
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy(reason)
        default: self = .unavailable(reason)
        }
    }
}
