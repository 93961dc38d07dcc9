import AdminProtocol
import MQTTTransport
import NIOCore

/// A console's or script's way to the broker's admin topic: requests with their answers, and the pushed stream.
///
/// It connects, subscribes to answers and stream, and goes on trying for ever with back-off and jitter when told to
/// `start`. Callbacks run on its event loop.
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

    package let loop: any EventLoop
    package var onState: ((State) -> Void)?
    package var onStream: ((StreamMessage) -> Void)?

    package init(_ target: ClientTarget, on loop: any EventLoop) {
        self.loop = loop
    }

    /// Calls `body` on the event loop: at once when there already.
    package func run(_ body: @escaping @Sendable (AdminLink) -> Void) {
        loop.inEventLoop ? body(self) : loop.execute { body(self) }
    }

    /// Connects and stays connected until `stop`. On the event loop.
    package func start() {}

    /// Ends the connection; no more callbacks. On the event loop.
    package func stop(_ done: (() -> Void)? = nil) { done?() }

    /// Connects once, for a script that wants one answer and no retries.
    package func connectOnce() async throws {
        throw Failure.down("not built yet")
    }

    package func close() async {}

    /// Asks; calls back once. Returns the request's id. On the event loop.
    @discardableResult
    package func request(
        _ command: Command, args: JSON? = nil, reason: String? = nil, timeout: Milliseconds = 10_000,
        _ done: @escaping (Result<Answer, Failure>) -> Void
    ) -> String {
        done(.failure(.down("not built yet")))
        return ""
    }

    /// Asks and waits for the answer.
    package func request(
        _ command: Command, args: JSON? = nil, reason: String? = nil, timeout: Milliseconds = 10_000
    ) async throws -> Answer {
        throw Failure.down("not built yet")
    }
}
