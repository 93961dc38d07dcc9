import AdminProtocol
import Authority
import BrokerCore
import Glibc
import Logging
import MQTTTransport
import MessageQueue
import NIOCore
import NIOPosix

/// A running broker: `BrokerCore` behind sockets, queue, disk and clock.
///
/// It runs in the process of whoever starts it, on an event loop of its own: `signalbox broker`, the demo, a test.
package final class BrokerServer: Sendable {
    package let configuration: Configuration
    /// Where workers connect; with the real port if 0 was asked for.
    package let endpoint: Endpoint
    /// The open listener, if there is one, with its real port.
    package let open: HostAndPort?
    /// The admin TLS listener, if there is one, with its real port.
    package let adminListen: HostAndPort?

    /// Where probes and scrapers are answered, if they are, with the real port.
    package var instrumentation: HostAndPort? { instruments?.address }

    private let reactor: Reactor
    private let core: BrokerLoop
    private let listeners: [ListeningSocket]
    private let queue: QueueWriter
    private let wills: WillKeeper
    private let lock: DirectoryLock
    private let health: Health
    private let instruments: Instrumentation?
    private let log: ServerLog

    /// What is put between the broker and its store: nothing, but for a proof that a store which lies is found out.
    package typealias Storing = (any MessageStore) -> any MessageStore

    /// Starts, or says why not. Blocks for the moment that takes; not to be called on an event loop.
    package static func start(
        _ configuration: Configuration, logs: LogOutput = .standardOutput, storing: @escaping Storing = { $0 }
    ) throws(StartFailure) -> BrokerServer {
        let start = BrokerStart(configuration, logs: logs, storing: storing)
        do {
            return try start.run()
        } catch {
            start.undo()
            throw StartFailure(error)
        }
    }

    init(_ start: BrokerStart, _ parts: BrokerStart.Parts) {
        configuration = start.configuration
        endpoint = parts.endpoint
        open = parts.open
        adminListen = parts.adminListen
        reactor = parts.reactor
        core = parts.core
        listeners = parts.listeners
        queue = parts.queue
        wills = parts.wills
        lock = parts.lock
        health = parts.health
        instruments = parts.instrumentation
        log = parts.log
    }

    /// Reads certificates and keys again; what cannot be used changes nothing. [T-37]
    package func reload() {
        core.loop.execute { self.core.reload() }
    }

    /// Tells every client (DISCONNECT 0x8B, or 0x9C with another server), closes, stores what was handed over, and returns
    /// when all is down: after the drain time and a few seconds at most.
    ///
    /// Not to be called on an event loop, and once only.
    package func stop() {
        health.enters(.draining)
        for listener in listeners { listener.close() }
        let gone = reactor.makePromise(of: Void.self)
        let (span, server) = (configuration.drain, configuration.drainServer?.description)
        core.loop.execute { self.core.stop(over: span, insteadUse: server) { gone.succeed() } }
        try? gone.futureResult.wait()
        queue.stop()
        if queue.unstored > 0 {
            log.logger(.queue).error(
                "messages were not stored",
                metadata: [
                    "count": "\(queue.unstored)", "reason": "\(queue.status.trouble ?? "the store did not answer")",
                ])
        }
        // After the queue: what it has stored is crossed out.
        try? core.loop.submit { self.core.settle() }.wait()
        wills.stop()
        unlink(configuration.adminSocket)
        lock.forgetListening()
        log.logger(.broker).info("stopped")
        instruments?.stop()
        try? reactor.syncShutdownGracefully()
        log.close()
        lock.release()
    }

    /// Told to stop again: no more time is given to anybody.
    package func hasten() {
        core.loop.execute { self.core.hasten() }
    }
}
