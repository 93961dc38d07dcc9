import CSQLite

/// A prepared statement; every value goes in as a parameter, never as part of the SQL. [T-45]
final class SQLiteStatement {
    enum Value {
        case integer(Int64)
        /// UTF-8.
        case text([UInt8])
        case blob([UInt8])
    }

    private let connection: OpaquePointer
    private let handle: OpaquePointer

    init(_ sql: String, on connection: OpaquePointer) throws(StoreError) {
        var prepared: OpaquePointer?
        let status = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard status == SQLITE_OK else { throw StoreError(sqlite: status, on: connection) }
        guard let prepared else { throw .unavailable("there is no statement in: \(sql)") }
        self.connection = connection
        handle = prepared
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Runs it to its end with `values` for its parameters.
    func run(_ values: [Value]) throws(StoreError) {
        defer { reset() }
        for (place, value) in values.enumerated() {
            let status = bind(value, at: Int32(place + 1))
            guard status == SQLITE_OK else { throw StoreError(sqlite: status, on: connection) }
        }
        while try step() {}
    }

    /// Runs it to its end with what `bind` gives it, which nobody copies: it stays where it is until this returns.
    func run(_ bind: (SQLiteParameters) throws(StoreError) -> Void) throws(StoreError) {
        defer { reset() }
        try bind(SQLiteParameters(handle, on: connection))
        while try step() {}
    }

    /// Runs it to its end, and answers what `read` makes of each row.
    func rows<Row>(_ values: [Value], _ read: (SQLiteRow) -> Row) throws(StoreError) -> [Row] {
        defer { reset() }
        for (place, value) in values.enumerated() {
            let status = bind(value, at: Int32(place + 1))
            guard status == SQLITE_OK else { throw StoreError(sqlite: status, on: connection) }
        }
        var rows: [Row] = []
        while try step() { rows.append(read(SQLiteRow(handle))) }
        return rows
    }

    func integer() throws(StoreError) -> Int64? {
        defer { reset() }
        return try step() ? sqlite3_column_int64(handle, 0) : nil
    }

    func text() throws(StoreError) -> String? {
        defer { reset() }
        guard try step(), let text = sqlite3_column_text(handle, 0) else { return nil }
        return String(cString: text)
    }

    /// Whether there is a row.
    private func step() throws(StoreError) -> Bool {
        let status = sqlite3_step(handle)
        switch status {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw StoreError(sqlite: status, on: connection)
        }
    }

    private func bind(_ value: Value, at place: Int32) -> Int32 {
        switch value {
        case .integer(let number): sqlite3_bind_int64(handle, place, number)
        case .text(let bytes):
            bytes.withUnsafeBytes {
                sqlite3_bind_text64(
                    handle, place, SQLiteStatement.start($0), UInt64($0.count), SQLiteStatement.copied,
                    UInt8(SQLITE_UTF8))
            }
        case .blob(let bytes):
            bytes.withUnsafeBytes {
                sqlite3_bind_blob64(handle, place, SQLiteStatement.start($0), UInt64($0.count), SQLiteStatement.copied)
            }
        }
    }

    private func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// A null pointer would be bound as NULL; nothing is an empty value here.
    private static func start(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<CChar>? {
        bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? empty
    }

    private nonisolated(unsafe) static let empty: UnsafePointer<CChar> = {
        let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        byte.initialize(to: 0)
        return UnsafePointer(byte)
    }()

    /// `SQLITE_TRANSIENT`: SQLite makes its own copy. The header's macro is a cast, which is not imported.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

/// The values of a statement's next run; valid until that run.
struct SQLiteParameters {
    private let handle: OpaquePointer
    private let connection: OpaquePointer

    fileprivate init(_ handle: OpaquePointer, on connection: OpaquePointer) {
        self.handle = handle
        self.connection = connection
    }

    func bind(_ number: Int64, at place: Int32) throws(StoreError) {
        try check(sqlite3_bind_int64(handle, place, number))
    }

    /// UTF-8; without a destructor SQLite reads it where it stands.
    func bind(_ text: UnsafeRawBufferPointer, at place: Int32) throws(StoreError) {
        let start = text.baseAddress?.assumingMemoryBound(to: CChar.self)
        try check(sqlite3_bind_text64(handle, place, start, UInt64(text.count), nil, UInt8(SQLITE_UTF8)))
    }

    private func check(_ status: Int32) throws(StoreError) {
        guard status == SQLITE_OK else { throw StoreError(sqlite: status, on: connection) }
    }
}

/// The row a statement stands at; valid until its next step.
struct SQLiteRow {
    private let handle: OpaquePointer

    fileprivate init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }
}
