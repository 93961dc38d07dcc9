import CLibpq
import Glibc

/// One connection to a PostgreSQL server, on which every wait has an end.
///
/// It keeps nothing in the session, so that a transaction pooler may stand between: no prepared statements, no
/// `SET` without `LOCAL`, no advisory lock beyond a transaction.
final class PostgresConnection {
    /// A statement with its parameters, which are never part of the SQL. [T-45]
    struct Statement {
        var sql: String
        var parameters: [PostgresParameter]

        init(_ sql: String, _ parameters: [PostgresParameter] = []) {
            self.sql = sql
            self.parameters = parameters
        }
    }

    private let handle: OpaquePointer
    private let url: DatabaseURL
    /// Milliseconds within which a server answers that is not frozen.
    private let patience: Int64

    init(_ url: DatabaseURL, patience: Int64) throws(StoreError) {
        self.url = url
        self.patience = patience
        let handle = PostgresConnection.connect(to: url)
        guard let handle else { throw .unavailable("no connection to the database: out of memory") }
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else { throw lost() }
        // Left alone, libpq writes what the server remarks to standard error.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        guard PQsetnonblocking(handle, 1) == 0 else { throw lost() }
    }

    deinit {
        PQfinish(handle)
    }

    /// The socket, for somebody who waits for several things.
    var descriptor: Int32 { PQsocket(handle) }

    /// Runs one statement, in a transaction of its own unless one is open.
    @discardableResult
    func run(_ sql: String, _ parameters: [PostgresParameter] = []) throws(StoreError) -> PostgresRows {
        let answers = try run([Statement(sql, parameters)])
        guard let rows = answers.last else { throw .unavailable("the database did not answer") }
        return rows
    }

    /// Runs `statements` as one transaction that waits for the disk, in one round trip. Answers the rows of the last.
    ///
    /// If this throws `.unavailable` nobody knows whether the transaction was committed. [T-53]
    @discardableResult
    func transaction(_ statements: [Statement]) throws(StoreError) -> PostgresRows {
        // A role's, a database's or a pooler's setting must not make the commit an unsafe one. [T-52]
        let all =
            [Statement("BEGIN"), Statement("SET LOCAL synchronous_commit = on")] + statements + [Statement("COMMIT")]
        do throws(StoreError) {
            let answers = try run(all)
            // A COMMIT of a failed transaction succeeds, and says what it did.
            guard answers.count == all.count, answers[all.count - 1].command == "COMMIT" else {
                throw StoreError.unavailable("the database did not commit")
            }
            return answers[all.count - 2]
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs `body` between BEGIN and COMMIT, one round trip for each statement in it.
    func transaction<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
        do throws(StoreError) {
            try run([Statement("BEGIN"), Statement("SET LOCAL synchronous_commit = on")])
            let result = try body()
            guard try run("COMMIT").command == "COMMIT" else {
                throw StoreError.unavailable("the database did not commit")
            }
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// What the server has told listeners, waiting for it for so many milliseconds at most.
    func notifications(within milliseconds: Int64) throws(StoreError) -> Int {
        let deadline = Deadline(in: milliseconds)
        while true {
            guard PQconsumeInput(handle) == 1 else { throw lost() }
            var count = 0
            while let told = PQnotifies(handle) {
                PQfreemem(told)
                count += 1
            }
            guard count == 0 else { return count }
            guard try ready(for: Int16(POLLIN), until: deadline) else { return 0 }
        }
    }

    // MARK: Statements

    @discardableResult
    private func run(_ statements: [Statement]) throws(StoreError) -> [PostgresRows] {
        let deadline = Deadline(in: patience)
        guard PQenterPipelineMode(handle) == 1 else { throw lost() }
        for statement in statements { try send(statement) }
        guard PQpipelineSync(handle) == 1 else { throw lost() }
        try flush(until: deadline)
        let answers = try answers(until: deadline)
        guard PQexitPipelineMode(handle) == 1 else { throw lost() }
        for answer in answers {
            if let error = answer.error(url) { throw error }
        }
        return answers
    }

    private func send(_ statement: Statement) throws(StoreError) {
        let parameters = statement.parameters
        // One piece of memory for all values, with where each begins.
        var bytes: [UInt8] = []
        var starts: [Int] = []
        for parameter in parameters {
            starts.append(bytes.count)
            bytes += parameter.bytes
            bytes.append(0)
        }
        let sent = bytes.withUnsafeBufferPointer { buffer -> Int32 in
            let values = starts.map { start in
                buffer.baseAddress.map { UnsafeRawPointer($0 + start).assumingMemoryBound(to: CChar.self) }
            }
            return PQsendQueryParams(
                handle, statement.sql, Int32(parameters.count), parameters.map(\.type), values,
                parameters.map { Int32(clamping: $0.bytes.count) }, parameters.map { $0.isBinary ? 1 : 0 }, 0)
        }
        guard sent == 1 else { throw lost() }
    }

    private func flush(until deadline: Deadline) throws(StoreError) {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                // A server that answers before it has read everything must be read, or both would wait.
                guard try ready(for: Int16(POLLIN | POLLOUT), until: deadline) else { throw silent() }
                guard PQconsumeInput(handle) == 1 else { throw lost() }
            default: throw lost()
            }
        }
    }

    private func answers(until deadline: Deadline) throws(StoreError) -> [PostgresRows] {
        var answers: [PostgresRows] = []
        while true {
            while PQisBusy(handle) == 1 {
                guard try ready(for: Int16(POLLIN), until: deadline) else { throw silent() }
                guard PQconsumeInput(handle) == 1 else { throw lost() }
            }
            // Between two answers there is a nil.
            guard let result = PQgetResult(handle) else {
                guard PQstatus(handle) == CONNECTION_OK else { throw lost() }
                continue
            }
            let rows = PostgresRows(result)
            if rows.isEndOfPipeline { return answers }
            answers.append(rows)
            if PQstatus(handle) != CONNECTION_OK { throw rows.error(url) ?? lost() }
        }
    }

    private func rollBack() {
        guard PQstatus(handle) == CONNECTION_OK, PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
        if PQpipelineStatus(handle) == PQ_PIPELINE_OFF { _ = try? run("ROLLBACK") }
    }

    // MARK: Waiting

    private struct Deadline {
        private let end: Int64

        init(in milliseconds: Int64) { end = QueueClock.steady() + milliseconds }

        var left: Int32 { Int32(clamping: max(0, end - QueueClock.steady())) }
    }

    /// Whether the socket became ready in time.
    private func ready(for events: Int16, until deadline: Deadline) throws(StoreError) -> Bool {
        while true {
            var waiting = pollfd(fd: PQsocket(handle), events: events, revents: 0)
            let left = deadline.left
            let count = poll(&waiting, 1, left)
            if count > 0 { return true }
            if count == 0 { return false }
            guard errno == EINTR else { throw .unavailable("poll: \(String(cString: strerror(errno)))") }
        }
    }

    private func silent() -> StoreError {
        .unavailable("the database has not answered for \(patience / 1_000) s")
    }

    /// What libpq says of a connection that is gone or never was.
    private func lost() -> StoreError {
        let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let lines = text.split(separator: "\n").filter { !$0.isEmpty }
        guard !lines.isEmpty else { return .unavailable("the connection to the database is lost") }
        return .unavailable(url.redacting(lines.joined(separator: "; ")))
    }

    private static func connect(to url: DatabaseURL) -> OpaquePointer? {
        let given = url.parameters()
        // What the URL says wins; without these a server that is gone would be waited for, for minutes.
        let usual = [
            ("connect_timeout", "5"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "15000"), ("application_name", "signalbox"),
            ("client_encoding", "UTF8"),
        ].filter { usual in !given.contains { $0.keyword == usual.0 } }
        let all = given + usual.map { (keyword: $0.0, value: $0.1) }
        let keywords = all.map { strdup($0.keyword) } + [nil]
        let values = all.map { strdup($0.value) } + [nil]
        defer { for text in keywords + values { free(text) } }
        return PQconnectdbParams(
            keywords.map { $0.map { UnsafePointer($0) } }, values.map { $0.map { UnsafePointer($0) } }, 0)
    }
}
