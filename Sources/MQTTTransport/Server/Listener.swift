import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// A place where connections are accepted.
package struct Listener: Sendable {
    package enum Place: Equatable, Sendable {
        /// All addresses, IPv6 and IPv4.
        case everywhere(port: Int)
        case address(host: String, port: Int)
        case unix(path: String)
    }

    package let place: Place
    /// Told to the owner with each connection.
    package let number: Int
    package let tls: ServerTLS?
    /// From accept to the end of the TLS handshake.
    package let deadline: TimeAmount

    package init(_ place: Place, number: Int, tls: ServerTLS? = nil, deadline: TimeAmount) {
        self.place = place
        self.number = number
        self.tls = tls
        self.deadline = deadline
    }

    /// Binds, and accepts from then on; everything happens on `loop`, where `owner` lives.
    package func bind(
        on loop: any EventLoop, owner: any ConnectionOwner & Sendable,
        paused: @escaping @Sendable (String) -> Void
    ) -> EventLoopFuture<any Channel> {
        switch place {
        case .everywhere(let port):
            internet(on: loop, owner: owner, paused: paused).bind(host: "::", port: port).flatMapError { error in
                // A machine without IPv6 has no such address.
                guard let error = error as? IOError, [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.errnoCode) else {
                    return loop.makeFailedFuture(error)
                }
                return internet(on: loop, owner: owner, paused: paused).bind(host: "0.0.0.0", port: port)
            }
        case .address(let host, let port):
            internet(on: loop, owner: owner, paused: paused).bind(host: host, port: port)
        case .unix(let path): bootstrap(on: loop, owner: owner, paused: paused).bind(unixDomainSocketPath: path)
        }
    }

    private func bootstrap(
        on loop: any EventLoop, owner: any ConnectionOwner & Sendable, paused: @escaping @Sendable (String) -> Void
    ) -> ServerBootstrap {
        ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoff(paused: paused))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try add(to: channel, owner: owner) }
            }
    }

    private func internet(
        on loop: any EventLoop, owner: any ConnectionOwner & Sendable, paused: @escaping @Sendable (String) -> Void
    ) -> ServerBootstrap {
        bootstrap(on: loop, owner: owner, paused: paused)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // What is set on the listening socket, each accepted one inherits: no calls are made for it. tcp(7)
            .serverChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .serverChannelOption(.socketOption(.so_keepalive), value: 1)
            // A peer whose machine vanished is noticed after 30 s and not after 15 minutes. [T-74]
            .serverChannelOption(
                ChannelOptions.Types.SocketOption(
                    level: .tcp, name: NIOBSDSocket.Option(rawValue: CInt(TCP_USER_TIMEOUT))), value: 30_000)
    }

    private func add(to channel: any Channel, owner: any ConnectionOwner) throws {
        let handler = tls.map { NIOSSLServerHandler(context: $0.context) }
        let connection = ServerConnection(listener: number, owner: owner, deadline: deadline, tls: handler)
        guard owner.admits(connection) else { throw NoRoom() }
        // Idle connections hold little: the buffer starts small and never grows beyond what a read is worth. Set here,
        // because as an option of the bootstrap it would cost more than the rest of accepting.
        try channel.syncOptions?.setOption(
            .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 64, maximum: 16_384))
        if let handler { try channel.pipeline.syncOperations.addHandler(handler) }
        try channel.pipeline.syncOperations.addHandler(connection)
    }
}

extension Listener.Place: CustomStringConvertible {
    package var description: String {
        switch self {
        case .everywhere(let port): "port \(port)"
        case .address(let host, let port): "\(host):\(port)"
        case .unix(let path): path
        }
    }
}

/// Closes a socket that the owner has no room for, before anything is made for it.
private struct NoRoom: Error {}
