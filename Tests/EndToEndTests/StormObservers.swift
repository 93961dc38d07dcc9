import AdminClient
import AdminProtocol
import MQTT
import MQTTTransport
import NIOCore
import Synchronization

/// Publishes again and again, whatever happens to its connection, and remembers what was acknowledged.
final class Pulse: Sendable {
    private struct Seen {
        var acknowledged: Set<Int> = []
        var slowest = Duration.zero
        var isOver = false
    }

    private let client: MQTTClient
    private let topic: String
    private let seen = Mutex(Seen())

    var acknowledged: Set<Int> { seen.withLock { $0.acknowledged } }
    /// Of those that were acknowledged, the longest wait.
    var slowest: Duration { seen.withLock { $0.slowest } }

    init(_ target: ClientTarget, id: String, topic: String, on loop: any EventLoop) {
        var options = ClientOptions(clientID: id)
        options.connectTimeout = 2_000
        client = MQTTClient(target, options, on: loop)
        self.topic = topic
    }

    func stop() { seen.withLock { $0.isOver = true } }

    /// Until it is stopped. A number is used once: whether one that failed was stored, nobody knows.
    func beat() async throws {
        var number = 0
        var isConnected = false
        while !seen.withLock({ $0.isOver }) {
            number += 1
            do {
                if !isConnected { _ = try await client.connect() }
                isConnected = true
                let began = ContinuousClock.now
                let answer = try await client.publish(ClientMessage(topic: topic, payload: "{\"beat\":\(number)}"))
                let took = ContinuousClock.now - began
                if answer == 0 {
                    seen.withLock {
                        $0.acknowledged.insert(number)
                        $0.slowest = max($0.slowest, took)
                    }
                }
            } catch {
                isConnected = false
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        await client.disconnect()
    }
}

/// An operator who asks again and again, and remembers the longest wait for an answer.
final class AskingOperator: Sendable {
    private struct Seen {
        var answers = 0
        var slowest = Duration.zero
        var isOver = false
    }

    private let link: AdminLink
    private let seen = Mutex(Seen())

    var answers: Int { seen.withLock { $0.answers } }
    var slowest: Duration { seen.withLock { $0.slowest } }

    init(_ socket: String, on loop: any EventLoop) {
        link = AdminLink(.unix(path: socket), on: loop)
    }

    func stop() { seen.withLock { $0.isOver = true } }

    /// Until it is stopped. While the broker is away there is nobody to answer, and nothing to measure.
    func ask() async throws {
        var isConnected = false
        while !seen.withLock({ $0.isOver }) {
            do {
                if !isConnected { try await link.connectOnce() }
                isConnected = true
                let began = ContinuousClock.now
                let answer = try await link.request(.hello)
                let took = ContinuousClock.now - began
                if answer.state == .done {
                    seen.withLock {
                        $0.answers += 1
                        $0.slowest = max($0.slowest, took)
                    }
                }
            } catch {
                isConnected = false
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        await link.close()
    }
}
