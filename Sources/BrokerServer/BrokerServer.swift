import NIOCore

/// A running broker: `BrokerCore` behind sockets, queue, disk and clock.
///
/// It runs in the process of whoever starts it, on an event loop of its own: `signalbox broker`, the demo, a test.
package final class BrokerServer: Sendable {
    /// Why a broker did not start, in one sentence, with the exit code that says the same.
    package struct StartFailure: Error, Equatable, Sendable, CustomStringConvertible {
        package let description: String
        /// As in sysexits: 78 for the configuration, 73 and 77 for files, 69 for a port in use.
        package let exitCode: Int32

        package init(_ description: String, exitCode: Int32) {
            self.description = description
            self.exitCode = exitCode
        }
    }

    package let configuration: Configuration
    /// Where workers connect; with the real port if 0 was asked for.
    package let endpoint: HostAndPort
    /// The open listener, if there is one, with its real port.
    package let open: HostAndPort?
    /// The admin TLS listener, if there is one, with its real port.
    package let adminListen: HostAndPort?

    /// Starts, or says why not. Blocks for the moment that takes; not to be called on an event loop.
    package static func start(_ configuration: Configuration, logs: LogOutput = .standardOutput) throws(StartFailure)
        -> BrokerServer
    {
        throw StartFailure("not built yet", exitCode: 1)
    }

    private init(_ configuration: Configuration) {
        self.configuration = configuration
        endpoint = configuration.endpoint
        open = configuration.open
        adminListen = configuration.adminListen
    }

    /// Tells every client (DISCONNECT 0x8B), closes, and returns when all is down; takes a few seconds at most.
    package func stop() {}
}
