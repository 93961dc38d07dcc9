import MQTTTransport
import Synchronization
import TestSupport

/// What a client got, to be waited for.
final class Inbox: Sendable {
    private let messages = Mutex<[ClientMessage]>([])
    private let ends = Mutex<[ClientEnd]>([])

    init(of client: MQTTClient) {
        client.run { client in
            client.onMessage = { message in self.messages.withLock { $0.append(message) } }
            client.onEnd = { end in self.ends.withLock { $0.append(end) } }
        }
    }

    func messages(_ count: Int) async throws -> [ClientMessage] {
        try await eventually("\(count) messages") { messages.withLock { $0.count >= count ? $0 : nil } }
    }

    func ends(_ count: Int) async throws -> [ClientEnd] {
        try await eventually("\(count) ends") { ends.withLock { $0.count >= count ? $0 : nil } }
    }
}
