import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Stands between clients and the broker, and can cut all of them off at once, as a proxy that is killed does.
final class Relay: Sendable {
    /// Sockets of both sides that are open.
    private final class Sockets: Sendable {
        private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

        var all: [any Channel] { open.withLock { Array($0.values) } }

        func note(_ channel: any Channel) {
            open.withLock { $0[ObjectIdentifier(channel)] = channel }
            channel.closeFuture.whenComplete { _ in
                self.open.withLock { $0[ObjectIdentifier(channel)] = nil }
            }
        }
    }

    private let server: any Channel
    private let sockets: Sockets

    var port: Int { server.localAddress?.port ?? 0 }

    init(to port: UInt16, on group: MultiThreadedEventLoopGroup) async throws {
        let sockets = Sockets()
        self.sockets = sockets
        server = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                sockets.note(client)
                return ClientBootstrap(group: client.eventLoop)
                    .channelOption(.autoRead, value: false)
                    .connect(host: "127.0.0.1", port: Int(port))
                    .flatMap { broker in
                        sockets.note(broker)
                        return Relay.join(client, broker)
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// A reset for everybody on both sides; who dials afterwards is let through.
    func reset() {
        for channel in sockets.all {
            guard let socket = channel as? any SocketOptionProvider else { continue }
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
        }
    }

    func close() async throws {
        reset()
        try await server.close()
    }

    /// Both live on one event loop.
    private static func join(_ client: any Channel, _ broker: any Channel) -> EventLoopFuture<Void> {
        client.eventLoop.makeCompletedFuture {
            try client.pipeline.syncOperations.addHandler(Passing(to: broker))
            try broker.pipeline.syncOperations.addHandler(Passing(to: client))
        }.flatMap {
            client.setOption(.autoRead, value: true)
        }.flatMap {
            broker.setOption(.autoRead, value: true)
        }
    }

    private final class Passing: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let other: any Channel

        init(to other: any Channel) {
            self.other = other
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            other.write(unwrapInboundIn(data), promise: nil)
        }

        func channelReadComplete(context: ChannelHandlerContext) {
            other.flush()
        }

        func channelInactive(context: ChannelHandlerContext) {
            other.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
