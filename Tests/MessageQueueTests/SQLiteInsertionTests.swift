import BrokerCore
import TestSupport
import Testing

@testable import MessageQueue

@Suite struct SQLiteInsertionTests {
    let temporary: TemporaryDirectory
    let path: String

    init() throws {
        temporary = try TemporaryDirectory()
        path = temporary.file("queue.sqlite")
    }

    private func message(_ ticket: Ticket, _ body: String, at time: Int64) -> QueueMessage {
        QueueMessage(
            key: .init(epoch: "1", ticket: ticket), worker: ULID(high: 0, low: 7), body: Array(body.utf8),
            enqueuedAt: time)
    }

    /// Whichever statements a batch takes, each of its rows is what was given, where it belongs.
    @Test func storesBatchesOfAllSizesRowByRow() throws {
        let store = try SQLiteStore(path)
        let reader = try SQLiteSource(path)
        let now = QueueClock.wall() - 1_000
        var random = SeededRandom(seed: 11)
        var given: [QueueMessage] = []
        for size in Array(0...45) + [63, 64, 65, 256] {
            let batch = (0..<size).map { place in
                let body = String(repeating: "QUJD", count: Int.random(in: 0...80, using: &random))
                return message(Ticket(given.count + place + 1), body, at: now + Int64(place % 3))
            }
            try store.append(batch)
            given += batch
        }
        let stored = try reader.peek(atMost: given.count + 1, after: 0)
        #expect(stored.map(\.id) == (1...given.count).map(Int64.init))
        #expect(stored.map(\.body) == given.map(\.body))
        #expect(stored.map(\.enqueuedAt) == given.map(\.enqueuedAt))
        #expect(stored.map(\.visibleAt) == given.map(\.enqueuedAt))
        // All are whole to whoever checks them.
        #expect(try reader.receive(atMost: given.count, visibility: 45_000).count == given.count)
        #expect(try reader.deadLetters(atMost: 1, after: 0) == [])
    }

    @Test func storesLargeMessagesBesideSmallOnes() throws {
        let store = try SQLiteStore(path)
        let bodies = (1...40).map { String(repeating: "QUJD", count: $0 % 7 == 0 ? 100_000 : $0) }
        try store.append(bodies.enumerated().map { message(Ticket($0.offset), $0.element, at: 1_000) })
        let stored = try SQLiteSource(path).peek(atMost: 50, after: 0)
        #expect(stored.map { String(decoding: $0.body, as: UTF8.self) } == bodies)
    }

    @Test func storesWhatABatchHasTwiceOnce() throws {
        let store = try SQLiteStore(path)
        try store.append([message(20, "first", at: 1_000)])
        try store.append(((1...32) + [5, 7]).map { message($0, "later", at: 1_000) })
        let stored = try SQLiteSource(path).peek(atMost: 50, after: 0)
        #expect(stored.count == 32)
        #expect(stored.filter { $0.body == Array("first".utf8) }.map(\.id) == [1])
    }
}
