import BrokerCore
import Glibc
import TestSupport
import Testing

@testable import MessageQueue

/// The log of commits is copied beside the commits, and stays short.
@Suite struct SQLiteCheckpointerTests {
    let temporary: TemporaryDirectory
    let path: String
    private static let tight: SQLiteCheckpointer.Limits = {
        var limits = SQLiteCheckpointer.Limits()
        (limits.worthwhile, limits.few, limits.most) = (16, 4, 64)
        return limits
    }()

    init() throws {
        temporary = try TemporaryDirectory()
        path = temporary.file("queue.sqlite")
    }

    private func batch(_ number: Int) -> [QueueMessage] {
        [
            QueueMessage(
                key: .init(epoch: "1", ticket: Ticket(number)), worker: ULID(high: 0, low: 7),
                body: Array(String(repeating: "QUFB", count: 50).utf8), enqueuedAt: 1_000)
        ]
    }

    private func write(_ numbers: Range<Int>, _ store: SQLiteStore) throws {
        for number in numbers {
            try store.append(batch(number))
            store.settle()
        }
    }

    /// In frames: a page and its header each.
    private var log: Int {
        var status = stat()
        return stat(path + "-wal", &status) == 0 ? Int(status.st_size) / 4_120 : 0
    }

    @Test func neverLetsTheLogGrowBeyondItsBound() throws {
        let store = try SQLiteStore(path, Self.tight)
        var longest = 0
        for number in 0..<600 {
            try write(number..<number + 1, store)
            longest = max(longest, log)
        }
        // What one commit adds comes on top of it.
        #expect((16...64 + 16).contains(longest), "\(longest)")
        #expect(try store.contents(at: 1_000).depth == 600)
        store.close()
        #expect(try SQLiteStore(path).contents(at: 1_000).depth == 600)
    }

    @Test func waitsForWhoeverStillReads() throws {
        let store = try SQLiteStore(path, Self.tight)
        try write(0..<1, store)
        let reader = try SQLiteConnection(path)
        try reader.execute("BEGIN")
        #expect(try reader.integer("SELECT count(*) FROM message_queue_messages") == 1)
        try write(1..<300, store)
        #expect(log > 300, "nothing that is read is overwritten")
        #expect(try reader.integer("SELECT count(*) FROM message_queue_messages") == 1)
        try reader.execute("COMMIT")
        let length = log
        try write(300..<600, store)
        #expect(log <= length + 64 + 16, "the log began again, in its place")
        #expect(try store.contents(at: 1_000).depth == 600)
    }

    /// As after a failed sync: nothing is stored before all was opened anew. [T-51]
    @Test func whatCannotBeCopiedStopsTheWriter() throws {
        let store = try SQLiteStore(path, Self.tight)
        let away = temporary.file("elsewhere")
        #expect(rename(path, away) == 0)
        var number = 0
        let error = #expect(throws: StoreError.self) {
            while number < 600 {
                try write(number..<number + 1, store)
                number += 1
            }
        }
        #expect(error == .unavailable("unable to open database file (SQLite 14)"))
        #expect(rename(away, path) == 0)
        #expect(throws: StoreError.self) { try store.append(batch(number)) }
        try store.reopen()
        try write(number..<600, store)
        #expect(try store.contents(at: 1_000).depth == 600)
    }

    @Test func countsBesideTheWriter() throws {
        let store = try SQLiteStore(path)
        try write(0..<3, store)
        try store.execute("BEGIN IMMEDIATE")
        try store.execute("DELETE FROM message_queue_messages")
        #expect(try store.contents(at: 1_000).depth == 3)
        try store.execute("ROLLBACK")
    }
}
