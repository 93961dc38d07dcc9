import MQTT
import MQTTTransport
import NIOCore

/// Many workers that are all connected, all lose their broker at once, and all come back, as after a deploy.
///
/// They come back as MQTT libraries do: at once within a short moment, then with growing pauses up to two seconds.
/// Confined to its event loop.
package final class ReconnectStorm: @unchecked Sendable {
    package struct Outcome: Sendable {
        /// Workers that were connected before, and that are again.
        package var before = 0
        package var back = 0
        /// Attempts that came to nothing.
        package var failed = 0
        /// From the loss to each return, sorted, in nanoseconds.
        package var durations: [Int64] = []
    }

    private static let firstPause: Int64 = 200
    private static let longestPause: Int64 = 2_000

    private let loop: any EventLoop
    private let clients: [MQTTClient]
    private let topics: [[UInt8]]
    private var pauses: [Int64]
    private var connected: Set<Int> = []
    private var outcome = Outcome()
    private var lostAt = NIODeadline.now()
    private var comesBack = false
    private var done: EventLoopPromise<Void>
    private var state: UInt64 = 1

    /// Worker `n` connects under `ids[n]`, subscribes to `topics[n]` and leaves `wills[n]`, if there are any.
    package init(
        _ target: ClientTarget, ids: [String], topics: [String], wills: [ClientMessage] = [], willDelay: UInt32 = 0,
        on loop: any EventLoop
    ) {
        self.loop = loop
        self.topics = topics.map { Array($0.utf8) }
        clients = ids.enumerated().map { place, id in
            var options = ClientOptions(clientID: id)
            if wills.indices.contains(place) { (options.will, options.willDelay) = (wills[place], willDelay) }
            options.cleanStart = false
            options.sessionExpiry = 600
            options.connectTimeout = 20_000
            return MQTTClient(target, options, on: loop)
        }
        pauses = Array(repeating: ReconnectStorm.firstPause, count: ids.count)
        done = loop.makePromise()
    }

    /// Connects all, some at a time; blocks until they are, or the time is over.
    package func connect(seconds: Int64 = 60) throws -> Int {
        try loop.submit { [self] in
            for number in clients.indices {
                clients[number].onEnd = { [weak self] _ in self?.lost(number) }
                connect(number, in: Int64(number / 2))
            }
        }.wait()
        try wait(seconds: seconds)
        return try loop.submit { [self] in
            outcome.before = connected.count
            return connected.count
        }.wait()
    }

    /// From now on the broker may go: whoever loses it comes back by himself.
    package func expectLoss() throws {
        try loop.submit { [self] in
            done = loop.makePromise()
            comesBack = true
            outcome.failed = 0
            lostAt = .now()
        }.wait()
    }

    /// Blocks until all are back, or the time is over.
    package func awaitReturn(seconds: Int64) throws -> Outcome {
        try wait(seconds: seconds)
        return try loop.submit { [self] in
            outcome.back = connected.count
            outcome.durations.sort()
            return outcome
        }.wait()
    }

    package func end() {
        try? loop.submit { [self] in
            comesBack = false
            for client in clients { client.disconnect() }
        }.wait()
    }

    private func wait(seconds: Int64) throws {
        let promise = try loop.submit { self.done }.wait()
        let limit = loop.scheduleTask(in: .seconds(seconds)) { promise.succeed() }
        try promise.futureResult.wait()
        limit.cancel()
    }

    private func lost(_ number: Int) {
        guard connected.remove(number) != nil else { return }
        guard comesBack else { return }
        if connected.count == clients.count - 1 { lostAt = .now() }
        pauses[number] = ReconnectStorm.firstPause
        retry(number)
    }

    private func retry(_ number: Int) {
        let pause = pauses[number]
        pauses[number] = min(pause * 2, ReconnectStorm.longestPause)
        connect(number, in: pause / 2 + Int64(next() % UInt64(max(1, pause))))
    }

    private func connect(_ number: Int, in milliseconds: Int64) {
        loop.scheduleTask(in: .milliseconds(milliseconds)) { [self] in
            clients[number].connect { [self] result in
                guard case .success = result else {
                    outcome.failed += 1
                    return retry(number)
                }
                clients[number].subscribe([(topics[number], .atLeastOnce)]) { [self] result in
                    guard case .success = result else { return }
                    returned(number)
                }
            }
        }
    }

    private func returned(_ number: Int) {
        connected.insert(number)
        if comesBack { outcome.durations.append((NIODeadline.now() - lostAt).nanoseconds) }
        if connected.count == clients.count { done.succeed() }
    }

    /// A small generator of its own, so that a run can be repeated.
    private func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
