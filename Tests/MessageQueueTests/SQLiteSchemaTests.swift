import BrokerCore
import Glibc
import TestSupport
import Testing

@testable import MessageQueue

@Suite struct SQLiteSchemaTests {
    let temporary: TemporaryDirectory
    let path: String

    init() throws {
        temporary = try TemporaryDirectory()
        path = temporary.file("queue.sqlite")
    }

    /// A file as an earlier version left it, with five messages; the second and the fourth have changed on the disk since.
    private func makeFile(of version: Int, enqueuedAt: Int64) throws {
        try SQLiteStore.makeFile(path)
        let connection = try SQLiteStore.open(path)
        for step in SQLiteSchema.steps.prefix(version) { try connection.execute(step) }
        try connection.execute("PRAGMA user_version = \(version)")
        for number in 1...5 {
            let key = Array("1/\(number)".utf8)
            let body = Array("e30=".utf8)
            let sum = SQLiteRows.formerChecksum(body: body, enqueuedAt: enqueuedAt, key: key)
            try connection.statement(
                """
                INSERT INTO message_queue_messages
                    (queue, body, enqueued_at, visible_at, receives, ingress_key, checksum) VALUES ('iot', ?, ?, ?, 0, ?, ?)
                """
            ).run([.text(body), .integer(enqueuedAt), .integer(enqueuedAt), .text(key), .integer(sum)])
        }
        try connection.execute("UPDATE message_queue_messages SET body = 'e31=' WHERE id = 2")
        try connection.execute("UPDATE message_queue_messages SET ingress_key = '1/8' WHERE id = 4")
    }

    private func message(_ ticket: Ticket, at time: Int64) -> QueueMessage {
        QueueMessage(
            key: .init(epoch: "2", ticket: ticket), worker: ULID(high: 0, low: 7), body: Array("e30=".utf8),
            enqueuedAt: time)
    }

    @Test(arguments: 2...3)
    func whatAnEarlierVersionStoredIsKeptAndRead(version: Int) throws {
        let now = QueueClock.wall()
        try makeFile(of: version, enqueuedAt: now - 1_000)
        #expect(throws: StoreError.self) { try SQLiteSource(path) }
        let store = try SQLiteStore(path)
        #expect(try store.integer("PRAGMA user_version") == Int64(SQLiteSchema.steps.count))
        try store.append([message(1, at: now - 500)])
        #expect(try store.contents(at: now) == StoreContents(depth: 6, visible: 6, oldestAge: 1_000))

        let reader = try SQLiteSource(path)
        #expect(try reader.receive(atMost: 10, visibility: 45_000).map(\.receipt.id) == [1, 3, 5, 6])
        #expect(
            try reader.deadLetters(atMost: 10, after: 0).map(\.reason) == [
                "its bytes changed on the disk", "its bytes changed on the disk",
            ])
    }

    /// As when the power fails in the middle of it: nothing is seen of the statements before.
    @Test func aMigrationThatDoesNotEndLeavesTheFileAsItWas() throws {
        try makeFile(of: 2, enqueuedAt: 1_000)
        let before = try SQLiteStore.open(path)
        // The third step makes a table, and the fourth does not find the index that it replaces.
        try before.execute("DROP INDEX message_queue_messages_visible")
        #expect(throws: StoreError.unavailable("no such index: message_queue_messages_visible (SQLite 1)")) {
            try SQLiteStore(path)
        }
        #expect(try before.integer("PRAGMA user_version") == 2)
        #expect(
            try before.integer("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'message_queue_count%'") == 0)
        try before.execute("CREATE INDEX message_queue_messages_visible ON message_queue_messages (queue)")
        #expect(try SQLiteStore(path).contents(at: 1_000).depth == 5)
    }

    /// Whoever receives asks for the messages that are due in their order: a million that are not cost nothing.
    @Test func theDueAreFoundByAnIndexAndNotSorted() throws {
        let store = try SQLiteStore(path)
        let plan = try store.rows(
            """
            EXPLAIN QUERY PLAN SELECT id FROM message_queue_messages
            WHERE queue = 'iot' AND visible_at <= unixepoch() * 1000 AND receives < 3
            ORDER BY visible_at, id LIMIT 10
            """)
        #expect(
            plan == [
                "SEARCH message_queue_messages USING INDEX message_queue_messages_visible (visible_at<?)"
            ])
        let spent = try store.rows(
            """
            EXPLAIN QUERY PLAN SELECT id FROM message_queue_messages
            WHERE queue = 'iot' AND receives >= 3 AND visible_at <= unixepoch() * 1000
            """)
        #expect(spent.count == 1 && spent.first?.contains("message_queue_messages_spent") == true)
    }
}

extension SQLiteStore {
    /// The last column of each row.
    fileprivate func rows(_ sql: String) throws -> [String] {
        let connection = try SQLiteConnection(path)
        return try connection.statement(sql).rows([]) { String(decoding: $0.bytes(3), as: UTF8.self) }
    }
}
