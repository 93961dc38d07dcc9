import AWS
import BrokerCore
import Foundation
import TestSupport
import Testing

@testable import MessageQueue

/// The store against moto, an imitation of AWS that others wrote.
@Suite(.enabled(if: Moto.isThere, "moto is not installed: pip install 'moto[server]'")) struct MotoTests {
    @Test func whatWasAppendedIsReceivedByteForByte() async throws {
        let moto = try await Moto()
        let url = try await moto.queue("iot")
        let temporary = try TemporaryDirectory()
        let store = SQSStore(
            try #require(SQSAddress(url)), configuration: Moto.configuration, transport: try HTTPTransport(),
            cemetery: try SQLiteStore(temporary.file("dead.sqlite")), readFile: { _ in nil },
            now: { Int64(Date().timeIntervalSince1970) })
        defer { store.close() }
        let messages = (0..<30).map { number in
            QueueMessage(
                key: .init(epoch: "E", ticket: Ticket(number)), worker: ULID(high: 0, low: UInt64(number % 3)),
                body: MessageBody(
                    Array(#"{"n":\#(number),"text":"ü\u0000"}"#.utf8), timestamp: 1, pool: ULID(high: 0, low: 1),
                    worker: ULID(high: 0, low: UInt64(number % 3))
                ).base64, enqueuedAt: 1_000)
        }
        try store.append(messages)
        #expect(try store.contents(at: 1_000).depth == 30)
        let received = try await moto.receiveAll(url)
        #expect(Set(received) == Set(messages.map { String(decoding: $0.body, as: UTF8.self) }))
        #expect(received.count == 30)
    }

    @Test func aQueueThatIsNotThereIsSaidToBeNotThere() async throws {
        let moto = try await Moto()
        let temporary = try TemporaryDirectory()
        let store = SQSStore(
            try #require(SQSAddress(moto.url + "/123456789012/nobody")), configuration: Moto.configuration,
            transport: try HTTPTransport(), cemetery: try SQLiteStore(temporary.file("dead.sqlite")),
            readFile: { _ in nil }, now: { Int64(Date().timeIntervalSince1970) })
        defer { store.close() }
        let message = QueueMessage(
            key: .init(epoch: "E", ticket: 1), worker: ULID(high: 0, low: 1), body: [0x41], enqueuedAt: 1_000)
        let error = #expect(throws: StoreError.self) { try store.append([message]) }
        #expect(
            error?.description.contains("NonExistentQueue") == true
                || error?.description.contains("QueueDoesNotExist") == true)
        // Somebody may make it yet: no message is buried because of it.
        guard case .unavailable? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
