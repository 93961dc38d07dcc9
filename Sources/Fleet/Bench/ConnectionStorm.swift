import MQTT
import MQTTTransport
import NIOCore

/// Opens many connections, so many at a time, and holds them.
///
/// Confined to its event loop.
package final class ConnectionStorm: @unchecked Sendable {
    package struct Outcome: Sendable {
        package var connected: Int
        package var failed: Int
        package var nanoseconds: Int64
        /// From the first packet to CONNACK (and SUBACK), sorted, in nanoseconds.
        package var durations: [Int64]
    }

    private let loop: any EventLoop
    private let clients: [MQTTClient]
    private let inProgress: Int
    private let subscribes: Bool
    private var next = 0
    private var ended = 0
    private var durations: [Int64] = []
    private var startedAt = NIODeadline.now()
    private let done: EventLoopPromise<Outcome>

    package init(_ target: ClientTarget, count: Int, inProgress: Int, subscribes: Bool, on loop: any EventLoop) {
        self.loop = loop
        self.inProgress = inProgress
        self.subscribes = subscribes
        clients = (0..<count).map { number in
            MQTTClient(target, ClientOptions(clientID: "storm-\(number)"), on: loop)
        }
        done = loop.makePromise()
        durations.reserveCapacity(count)
    }

    /// Blocks until all have tried. Not to be called on an event loop.
    package func run() throws -> Outcome {
        loop.execute { [self] in
            startedAt = .now()
            for _ in 0..<min(inProgress, clients.count) { connectNext() }
            if clients.isEmpty { finish() }
        }
        return try done.futureResult.wait()
    }

    /// Says goodbye to all.
    package func end() {
        try? loop.submit { [self] in
            for client in clients { client.disconnect() }
        }.wait()
    }

    private func connectNext() {
        guard next < clients.count else { return }
        let client = clients[next]
        let name = next
        next += 1
        let start = NIODeadline.now()
        client.connect { [self] result in
            guard case .success = result else { return finished(nil) }
            guard subscribes else { return finished(start) }
            client.subscribe([(Array("bench/idle/\(name)".utf8), .atLeastOnce)]) { [self] _ in finished(start) }
        }
    }

    private func finished(_ start: NIODeadline?) {
        if let start { durations.append((NIODeadline.now() - start).nanoseconds) }
        ended += 1
        if ended == clients.count { finish() } else { connectNext() }
    }

    private func finish() {
        done.succeed(
            Outcome(
                connected: durations.count, failed: clients.count - durations.count,
                nanoseconds: (NIODeadline.now() - startedAt).nanoseconds, durations: durations.sorted()))
    }
}
