import Glibc
import Ledger

/// A PostgreSQL under the broker; read with its own client.
final class PostgresBackend: Backend {
    let name = "postgres"
    let server: PostgresServer
    /// Between the broker and the server, where one is wanted.
    let proxy: CommitProxy?
    private let place: Place

    var settings: [String: String] {
        ["MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL": server.url(through: proxy?.port)]
    }

    init(
        in place: Place, directory: String? = nil, proxied: Bool = false, options: [String] = [],
        initialise: [String] = []
    ) throws {
        self.place = place
        var random = SystemRandomNumberGenerator()
        let ports = try Ports.free(2, using: &random)
        server = try PostgresServer(
            in: place, directory: directory ?? place.directory("postgres"), port: ports[0], options: options,
            initialise: initialise)
        proxy = proxied ? try CommitProxy(port: ports[1], server: ports[0]) : nil
    }

    func start() throws {
        try server.start()
        try server.waitUntilReady()
    }

    func stored() throws -> StoreContents {
        var contents = StoreContents()
        for table in ["message_queue_messages", "message_queue_dead_letters"] {
            let rows = try server.ask("COPY (SELECT id, ingress_key, body FROM \(table) ORDER BY id) TO STDOUT")
            for row in rows.split(separator: "\n") {
                let fields = row.split(separator: "\t", omittingEmptySubsequences: false)
                guard fields.count == 3, let id = Int(fields[0]) else {
                    throw Failure("psql prints a row that is none: \(row.prefix(100))")
                }
                contents.add(row: id, key: String(fields[1]), body: PostgresBackend.body(fields[2]))
            }
        }
        return contents
    }

    func stop() {
        proxy?.stop()
        server.stop()
    }

    /// Text as it is, and bytes from their hexadecimal digits.
    private static func body(_ field: Substring) -> [UInt8] {
        let text = Array(field.utf8)
        guard text.starts(with: Array("\\\\x".utf8)) else { return text }
        let digits = text.dropFirst(3).map { digit -> UInt8 in digit < 58 ? digit &- 48 : digit &- 87 }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] & 15 }
    }
}

extension Trial {
    /// PostgreSQL dies with all its processes, and is started again.
    func killDatabase() throws {
        guard let server = (backend as? PostgresBackend)?.server else { throw Failure("there is no PostgreSQL") }
        // Who comes while it is away may be told so.
        tolerated = [0x89, 0x03]
        let from = clock.now()
        server.destroy()
        try server.start()
        try server.waitUntilReady()
        let to = clock.now()
        crew.mark(to, anyConnection: true)
        try awaitPromise(after: from, "an acknowledgement after the database was killed")
        ended("kill of postgres", from: from, to: to)
        recovered(after: (crew.now.firstPromise ?? clock.now()) - from)
    }
}
