import AdminProtocol
import MQTT
import MQTTTransport
import NIOCore

/// A console's or script's way to the broker's admin topic: requests with their answers, and the pushed stream.
///
/// It connects, subscribes to answers and stream, and goes on trying for ever with back-off and jitter when told to
/// `start`. Callbacks run on its event loop, and its methods are called there (`run` hops).
package final class AdminLink: @unchecked Sendable {
    package enum State: Equatable, Sendable {
        case connecting
        /// Connected and subscribed: requests are answered from now on. Watches have to be opened again.
        case up
        /// Not connected: why, which attempt this was, and in how many milliseconds the next is made.
        case down(reason: String, attempt: Int, retryIn: Milliseconds)
    }

    /// Why there is no answer.
    package enum Failure: Error, Equatable, Sendable {
        /// The connection is down, or went down before the answer came.
        case down(String)
        case timedOut
        /// The broker answered what we do not understand.
        case unreadable(String)
    }

    private struct Asked {
        let done: (Result<Answer, Failure>) -> Void
        let timeout: Scheduled<Void>
    }

    package let loop: any EventLoop
    package var onState: ((State) -> Void)?
    package var onStream: ((StreamMessage) -> Void)?
    /// Something came that is neither an answer nor a stream message; for a log, if anybody keeps one.
    package var onUnreadable: ((String) -> Void)?

    private let client: MQTTClient
    private var names = RequestNames()
    private var asked: [String: Asked] = [:]
    private var retry: Scheduled<Void>?
    private var attempt = 0
    private var isUp = false
    /// Whether the link is to come back by itself.
    private var stays = false

    package init(_ target: ClientTarget, on loop: any EventLoop) {
        self.loop = loop
        // The broker asks for no particular name of an operator; this one is unique, and says what it is.
        var options = ClientOptions(clientID: "signalbox-" + names.next(at: ClientClock.wall()))
        options.keepAlive = 10
        client = MQTTClient(target, options, on: loop)
        client.onMessage = { [weak self] in self?.received($0) }
        client.onEnd = { [weak self] in self?.lost("\($0)") }
    }

    /// Calls `body` on the event loop: at once when there already.
    package func run(_ body: @escaping @Sendable (AdminLink) -> Void) {
        loop.inEventLoop ? body(self) : loop.execute { body(self) }
    }

    /// Connects and stays connected until `stop`. On the event loop.
    package func start() {
        loop.assertInEventLoop()
        guard !stays else { return }
        stays = true
        connect { _ in }
    }

    /// Tries now what would be tried later; nothing while connected or connecting. On the event loop.
    package func tryNow() {
        loop.assertInEventLoop()
        guard stays, let retry else { return }
        retry.cancel()
        self.retry = nil
        connect { _ in }
    }

    /// Ends the connection; no more callbacks but `done`. On the event loop.
    package func stop(_ done: (() -> Void)? = nil) {
        loop.assertInEventLoop()
        stays = false
        isUp = false
        onState = nil
        onStream = nil
        retry?.cancel()
        retry = nil
        fail("closed by this side")
        client.disconnect { done?() }
    }

    /// Connects once, for a script that wants one answer and no retries.
    package func connectOnce() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            run { $0.connect { continuation.resume(with: $0.mapError { $0 as any Error }) } }
        }
    }

    package func close() async {
        await withCheckedContinuation { continuation in
            run { $0.stop { continuation.resume() } }
        }
    }

    /// Asks; calls back once. Returns the request's id, which is `given` if that is said. On the event loop.
    @discardableResult
    package func request(
        _ command: Command, id given: String? = nil, args: JSON? = nil, reason: String? = nil, dryRun: Bool? = nil,
        timeout: Milliseconds = 10_000, _ done: @escaping (Result<Answer, Failure>) -> Void
    ) -> String {
        loop.assertInEventLoop()
        let now = ClientClock.wall()
        let id = given ?? names.next(at: now)
        let request = Request(id: id, cmd: command.rawValue, args: args, issuedAt: now, reason: reason, dryRun: dryRun)
        guard isUp else {
            done(.failure(.down("not connected to the broker")))
            return id
        }
        let payload: [UInt8]
        do {
            payload = try AdminCodec.bytes(of: request)
        } catch {
            done(.failure(.unreadable("the request cannot be written: \(error)")))
            return id
        }
        let limit = loop.scheduleTask(in: .milliseconds(timeout)) {
            self.answer(id, .failure(.timedOut))
        }
        asked[id] = Asked(done: done, timeout: limit)
        client.publish(ClientMessage(topic: Array(AdminTopic.request.utf8), payload: payload)) { result in
            // A refusal of the packet itself: the answer would never come.
            guard case .success(let code) = result, code >= 0x80 else { return }
            self.answer(id, .failure(.unreadable("the broker refused the request (reason code \(code))")))
        }
        return id
    }

    /// Asks and waits for the answer.
    package func request(
        _ command: Command, args: JSON? = nil, reason: String? = nil, timeout: Milliseconds = 10_000
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            run {
                $0.request(command, args: args, reason: reason, timeout: timeout) { result in
                    continuation.resume(with: result.mapError { $0 as any Error })
                }
            }
        }
    }

    // MARK: Up and down

    private func connect(_ done: @escaping (Result<Void, Failure>) -> Void) {
        attempt += 1
        onState?(.connecting)
        client.connect { result in
            switch result {
            case .success: self.subscribe(done)
            case .failure(let error):
                done(.failure(.down("\(error)")))
                self.lost("\(error)")
            }
        }
    }

    private func subscribe(_ done: @escaping (Result<Void, Failure>) -> Void) {
        let topics = [AdminTopic.response, AdminTopic.stream].map {
            (filter: Array($0.utf8), delivery: Delivery.atMostOnce)
        }
        client.subscribe(topics) { result in
            switch result {
            case .success(let codes) where codes.allSatisfy { $0 < 0x80 }:
                self.isUp = true
                self.attempt = 0
                done(.success(()))
                self.onState?(.up)
            case .success:
                done(.failure(.down("this credential may not use the admin topic")))
                self.client.disconnect()
            case .failure(let error): done(.failure(.down("\(error)")))
            }
        }
    }

    private func lost(_ reason: String) {
        isUp = false
        fail(reason)
        guard stays, retry == nil else { return }
        let pause = Backoff.pause(attempt: attempt)
        retry = loop.scheduleTask(in: .milliseconds(pause)) {
            self.retry = nil
            if self.stays { self.connect { _ in } }
        }
        onState?(.down(reason: reason, attempt: attempt, retryIn: pause))
    }

    private func fail(_ reason: String) {
        let unanswered = asked.sorted { $0.key < $1.key }
        asked.removeAll()
        for (_, asked) in unanswered {
            asked.timeout.cancel()
            asked.done(.failure(.down(reason)))
        }
    }

    // MARK: What comes

    private func received(_ message: ClientMessage) {
        do {
            if message.topic == Array(AdminTopic.stream.utf8) {
                onStream?(try AdminCodec.streamMessage(message.payload))
            } else {
                let answer = try AdminCodec.answer(message.payload)
                self.answer(answer.id, .success(answer))
            }
        } catch {
            onUnreadable?("\(error)")
        }
    }

    private func answer(_ id: String, _ result: Result<Answer, Failure>) {
        guard let asked = asked.removeValue(forKey: id) else { return }
        asked.timeout.cancel()
        asked.done(result)
    }
}
