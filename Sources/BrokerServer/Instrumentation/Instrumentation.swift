import BrokerCore
import Glibc
import MessageQueue
import NIOCore
import NIOPosix

/// The HTTP listener for probes and scrapers, on a thread of its own: what it does never holds up a worker.
final class Instrumentation: Sendable {
    /// What only the broker's own loop knows, asked there.
    struct Figures: Sendable {
        var statistics: Statistics
        var queue: QueueMetrics
        var lag: Histogram
    }

    typealias Source = @Sendable () -> EventLoopFuture<Figures>

    /// Where it listens, with the real port.
    let address: HostAndPort
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel

    /// Binds to `place`, or to port 8080 of all addresses, where the platform's own programs have it.
    init(
        _ place: HostAndPort?, token: [UInt8]?, health: Health,
        figures: @escaping Source
    ) throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let desk = InstrumentationDesk(health, token: token, figures: figures)
        do {
            channel = try Self.bind(place, desk, on: group)
        } catch {
            try? group.syncShutdownGracefully()
            let key = "SIGNALBOX_INSTRUMENTATION_LISTEN"
            throw BrokerServer.StartFailure(
                error, listeningOn: place?.description ?? "port \(InstrumentationOptions.port)", key: key)
        }
        self.group = group
        address = HostAndPort(
            host: place?.host ?? "localhost", port: channel.localAddress?.port ?? InstrumentationOptions.port)
    }

    func stop() {
        try? channel.close().wait()
        try? group.syncShutdownGracefully()
    }

    private static func bind(
        _ place: HostAndPort?, _ desk: InstrumentationDesk, on group: MultiThreadedEventLoopGroup
    ) throws -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = InstrumentationConnection(desk)
                    guard desk.admits(connection) else { throw NoRoom() }
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
        if let place { return try bootstrap.bind(host: place.host, port: place.port).wait() }
        do {
            return try bootstrap.bind(host: "::", port: InstrumentationOptions.port).wait()
        } catch let error as IOError where [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.errnoCode) {
            // A machine without IPv6 has no such address.
            return try bootstrap.bind(host: "0.0.0.0", port: InstrumentationOptions.port).wait()
        }
    }
}

/// Closes a socket before anything is made for it.
private struct NoRoom: Error {}
