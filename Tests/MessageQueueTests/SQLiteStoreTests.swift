import BrokerCore
import Glibc
import TestSupport
import Testing

@testable import MessageQueue

private func message(_ ticket: Ticket, epoch: String = "1", body: String = "e30=", at time: Int64 = 1_000)
    -> QueueMessage
{
    QueueMessage(
        key: .init(epoch: epoch, ticket: ticket), worker: ULID(high: 0, low: 7), body: Array(body.utf8),
        enqueuedAt: time)
}

@Suite struct SQLiteStoreTests {
    let temporary: TemporaryDirectory
    let path: String

    init() throws {
        temporary = try TemporaryDirectory()
        path = temporary.file("queue.sqlite")
    }

    private func sqlite(_ sql: String) async throws -> String {
        try await ChildProcess.run(
            "python3",
            [
                "-c",
                """
                import sqlite3, sys
                for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(*row)
                """, path, sql,
            ]
        ).output
    }

    @Test func keepsWhatItWasGivenInItsOrder() async throws {
        let store = try SQLiteStore(path)
        try store.append([message(1, body: "YQ=="), message(2, body: "Yg==")])
        try store.append([message(3, body: "Yw==")])
        store.close()
        let rows = try await sqlite(
            "SELECT id, queue, body, enqueued_at, visible_at, receives, ingress_key FROM message_queue_messages ORDER BY id"
        )
        #expect(
            rows == """
                1 iot YQ== 1000 1000 0 1/0000000001
                2 iot Yg== 1000 1000 0 1/0000000002
                3 iot Yw== 1000 1000 0 1/0000000003

                """)
    }

    @Test func waitsForTheDisk() throws {
        let store = try SQLiteStore(path)
        #expect(try store.integer("PRAGMA synchronous") == 2)
        #expect(try store.integer("SELECT journal_mode = 'wal' FROM pragma_journal_mode") == 1)
        try store.reopen()
        #expect(try store.integer("PRAGMA synchronous") == 2)
    }

    @Test func isReadableByItsOwnerAlone() throws {
        let store = try SQLiteStore(path)
        try store.append([message(1)])
        for name in [path, path + "-wal", path + "-shm"] {
            var status = stat()
            #expect(stat(name, &status) == 0)
            #expect(status.st_mode & 0o077 == 0, "\(name)")
        }
    }

    @Test func storesAMessageThatIsSentAgainOnce() throws {
        let store = try SQLiteStore(path)
        try store.append([message(1), message(2)])
        try store.append([message(2), message(3)])
        try store.append([message(1, epoch: "2")])
        #expect(try store.contents(at: 1_500) == StoreContents(depth: 4, visible: 4, oldestAge: 500))
    }

    @Test func storesABatchWholeOrNotAtAll() throws {
        let store = try SQLiteStore(path)
        try store.execute(
            """
            CREATE TRIGGER poison BEFORE INSERT ON message_queue_messages WHEN NEW.ingress_key = '1/0000000002'
            BEGIN SELECT RAISE(ABORT, 'poison'); END
            """)
        let error = #expect(throws: StoreError.self) { try store.append([message(1), message(2), message(3)]) }
        #expect(error == .refused("poison (SQLite 1811)"))
        #expect(try store.contents(at: 0).depth == 0)
        try store.append([message(1), message(3)])
        try store.bury(message(2), reason: "poison")
        try store.bury(message(2), reason: "again")
        #expect(try store.contents(at: 0) == StoreContents(depth: 2, visible: 0, oldestAge: 0, deadLetters: 1))
    }

    @Test func aFullDiskIsNoCommitAndMayPass() throws {
        let store = try SQLiteStore(path)
        try store.append([message(1)])
        try store.execute("PRAGMA max_page_count = 1")
        let large = String(repeating: "x", count: 200_000)
        let error = #expect(throws: StoreError.self) { try store.append([message(2), message(3, body: large)]) }
        #expect(error == .unavailable("database or disk is full (SQLite 13)"))
        #expect(try store.contents(at: 0).depth == 1)
        try store.reopen()
        try store.append([message(2), message(3, body: large)])
        #expect(try store.contents(at: 0).depth == 3)
    }

    @Test func anyNumberMayStandInTheFile() throws {
        let store = try SQLiteStore(path)
        try store.append([message(1)])
        try store.execute("UPDATE message_queue_messages SET enqueued_at = -9223372036854775807 - 1, visible_at = 0")
        #expect(try store.contents(at: 7) == StoreContents(depth: 1, visible: 1, oldestAge: 7))
    }

    @Test func opensWhatAnEarlierStartLeft() throws {
        let first = try SQLiteStore(path)
        try first.append([message(1)])
        // As after kill -9: the first connection is never closed.
        let second = try SQLiteStore(path)
        #expect(try second.contents(at: 0).depth == 1)
        try second.append([message(1, epoch: "2")])
        #expect(try first.contents(at: 0).depth == 2)
    }

    @Test func refusesADamagedFileWithOneSentence() throws {
        for content in [
            "this is not a database, though it is long enough to be looked at as one", "SQLite format 3\u{0}",
        ] {
            try temporary.write(content, to: "queue.sqlite")
            let error = #expect(throws: StoreError.self) { try SQLiteStore(path) }
            #expect(
                error?.description.contains("not a database") == true || error?.description.contains("damaged") == true)
        }
    }

    @Test func findsADamagedPageAtItsStart() throws {
        let store = try SQLiteStore(path)
        try store.append((1...200).map { message($0, body: String(repeating: "QUFB", count: 100)) })
        try store.reopen()
        store.close()
        let file = open(path, O_RDWR)
        #expect(pwrite(file, [UInt8](repeating: 0xA5, count: 4_096), 4_096, 4_096 * 8) == 4_096)
        close(file)
        let error = #expect(throws: StoreError.self) { try SQLiteStore(path) }
        #expect(error?.description.contains("damaged") == true || error?.description.contains("malformed") == true)
    }

    @Test func refusesAFileOfALaterVersion() throws {
        let store = try SQLiteStore(path)
        try store.execute("PRAGMA user_version = 99")
        store.close()
        #expect(throws: StoreError.unavailable("\(path) is of version 99; this program knows up to 4")) {
            try SQLiteStore(path)
        }
    }

    @Test func saysWhyAFileCannotBeOpened() {
        let missing = temporary.file("missing/q")
        #expect(throws: StoreError.unavailable("\(missing) cannot be opened: No such file or directory")) {
            try SQLiteStore(missing)
        }
    }
}
