import BrokerCore
import Synchronization
import TestSupport

@testable import MessageQueue

/// A server that several tests share; each has a database of its own on it.
enum SharedPostgres {
    private static let server = Task { try await PostgresServer() }
    private static let count = Mutex(0)

    static func freshURL() async throws -> String {
        let server = try await server.value
        let number = count.withLock {
            $0 += 1
            return $0
        }
        try await server.sql("CREATE DATABASE test\(number)")
        return server.url(database: "test\(number)")
    }
}

/// A queue in one of the two stores that are read with SQL, empty at first.
struct QueuePlace {
    enum Kind: CaseIterable {
        case sqlite
        case postgres

        static var here: [Kind] { PostgresServer.missing == nil ? allCases : [.sqlite] }
    }

    let store: any MessageStore
    let reader: any MessageSource
    /// Another consumer.
    let rival: any MessageSource
    /// What an administrator, or a consumer without this program, would do.
    let execute: (String) throws -> Void
    private let directory: TemporaryDirectory?

    init(_ kind: Kind) async throws {
        switch kind {
        case .sqlite:
            let directory = try TemporaryDirectory()
            let sqlite = try SQLiteStore(directory.file("queue.sqlite"))
            (store, self.directory) = (sqlite, directory)
            reader = try SQLiteSource(sqlite.path)
            rival = try SQLiteSource(sqlite.path)
            execute = { try sqlite.execute($0) }
        case .postgres:
            guard let url = DatabaseURL(try await SharedPostgres.freshURL()) else {
                throw Overdue(description: "a test's URL is understood")
            }
            let configuration = PostgresConfiguration(url: url)
            let postgres = try PostgresStore(configuration)
            (store, directory) = (postgres, nil)
            reader = try PostgresSource(configuration)
            rival = try PostgresSource(configuration)
            execute = { try postgres.execute($0) }
        }
    }

    func append(_ tickets: ClosedRange<Ticket>, body: String = "e30=") throws {
        let now = QueueClock.wall()
        try store.append(
            tickets.map {
                QueueMessage(
                    key: .init(epoch: "1", ticket: $0), worker: ULID(high: 0, low: 7), body: Array(body.utf8),
                    enqueuedAt: now)
            })
    }

    /// Lets the visibility timeouts of all messages end.
    func letTimePass(_ kind: Kind) throws {
        switch kind {
        case .sqlite: try execute("UPDATE message_queue_messages SET visible_at = 0")
        case .postgres: try execute("UPDATE message_queue_messages SET visible_at = 'epoch'")
        }
    }
}
