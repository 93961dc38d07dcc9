import CLibpq

/// What a statement answered.
final class PostgresRows {
    private let result: OpaquePointer

    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit {
        PQclear(result)
    }

    var count: Int { Int(PQntuples(result)) }

    /// What the server says it did, such as `COMMIT`.
    var command: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

    /// Rows that were changed.
    var changed: Int64 { PQcmdTuples(result).flatMap { Int64(String(cString: $0)) } ?? 0 }

    var isEndOfPipeline: Bool { PQresultStatus(result) == PGRES_PIPELINE_SYNC }

    /// Nil for NULL, and where there is no such row or column.
    func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
        let (row, column) = (Int32(clamping: row), Int32(clamping: column))
        guard row < PQntuples(result), column < PQnfields(result), PQgetisnull(result, row, column) == 0,
            let start = PQgetvalue(result, row, column)
        else { return nil }
        let count = Int(PQgetlength(result, row, column))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    func text(_ row: Int, _ column: Int) -> String? {
        bytes(row, column).map { String(decoding: $0, as: UTF8.self) }
    }

    func integer(_ row: Int, _ column: Int) -> Int64? {
        text(row, column).flatMap { Int64($0) }
    }

    /// The bytes of a `bytea`, which comes as `\x` and hex digits.
    func data(_ row: Int, _ column: Int) -> [UInt8]? {
        guard let text = bytes(row, column), text.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "x")]) else {
            return nil
        }
        var data: [UInt8] = []
        data.reserveCapacity(text.count / 2)
        var high: UInt8?
        for letter in text.dropFirst(2) {
            let digit: UInt8
            switch letter {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = letter - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = letter - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                data.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return data
    }

    /// Why the statement failed; nil if it did not.
    func error(_ url: DatabaseURL) -> StoreError? {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_PIPELINE_SYNC: return nil
        case PGRES_PIPELINE_ABORTED: return .unavailable("the database gave up what came before")
        default: break
        }
        // The detail, which may quote rows, is left out.
        let message = field(Field.message) ?? "the connection to the database is lost"
        guard let state = field(Field.state) else { return .unavailable(url.redacting(message)) }
        let reason = url.redacting("\(message) (SQLSTATE \(state))")
        return PostgresRows.blamesTheRow(state) ? .refused(reason) : .unavailable(reason)
    }

    /// Only what is wrong with a row itself is refused for good; everything else may pass. [T-55]
    ///
    /// 22 data, 23 constraints, 44 a view's condition, 54 a program's limits, P0001 a trigger's own words.
    static func blamesTheRow(_ state: String) -> Bool {
        ["22", "23", "44", "54"].contains(String(state.prefix(2))) || state == "P0001"
    }

    private func field(_ code: Int32) -> String? {
        PQresultErrorField(result, code).map { String(cString: $0) }
    }

    /// The header's macros are character literals, which are not imported.
    private enum Field {
        static let state = Int32(UInt8(ascii: "C"))
        static let message = Int32(UInt8(ascii: "M"))
    }
}
