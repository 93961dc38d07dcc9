import BrokerCore
import TestSupport
import Testing

@testable import MessageQueue

struct SQLiteDrainTests {
    @Test func takesTheOldestOfWhatWasStoredBefore() throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore(directory.file("queue.sqlite"))
        let drain = try SQLiteDrain(store.path)
        try store.append(
            (1...10 as ClosedRange<Int64>).map { number in
                QueueMessage(
                    key: .init(epoch: "1", ticket: Ticket(number)), worker: ULID(high: 0, low: 7),
                    body: Array("e30=".utf8), enqueuedAt: 1_000 + number
                )
            })
        try drain.take(storedBefore: 1_008, atMost: 3)
        #expect(try store.contents(at: 2_000) == StoreContents(depth: 7, visible: 7, oldestAge: 996, deadLetters: 0))
        try drain.take(storedBefore: 1_008, atMost: 100)
        #expect(try store.contents(at: 2_000) == StoreContents(depth: 2, visible: 2, oldestAge: 991, deadLetters: 0))
    }
}
