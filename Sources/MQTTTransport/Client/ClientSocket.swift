import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Opens a client's socket.
enum ClientSocket {
    static func open(
        _ target: ClientTarget, on loop: any EventLoop, timeout: Int64,
        handler: @escaping @Sendable () -> ClientHandler
    ) -> EventLoopFuture<any Channel> {
        if let reactor = loop as? Reactor { return open(target, on: reactor, handler) }
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.milliseconds(timeout))
            .channelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 64, maximum: 16_384))
        switch target {
        case .tcp(let host, let port):
            return bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(handler())
                    }
                }
                .connect(host: host, port: port)
        case .tls(let host, let port, let tls):
            return bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers(
                            NIOSSLClientHandler(context: tls.context, serverHostname: tls.name(for: host)), handler())
                    }
                }
                .connect(host: host, port: port)
        case .unix(let path):
            return bootstrap.channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler()) }
            }
            .connect(unixDomainSocketPath: path)
        }
    }

    /// On a reactor, where timers are called off at no cost: ten thousand clients dial in a moment.
    ///
    /// The host is an address: names are not looked up here. Who gives up after a time is the client.
    private static func open(
        _ target: ClientTarget, on reactor: Reactor, _ handler: @escaping @Sendable () -> ClientHandler
    ) -> EventLoopFuture<any Channel> {
        let promise = reactor.makePromise(of: (any Channel).self)
        do {
            let address = try address(of: target)
            let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let descriptor = socket(CInt(address.protocol.rawValue), kind, 0)
            guard descriptor >= 0 else { throw SystemFailure("socket") }
            let channel = SocketChannel(descriptor: descriptor, reactor: reactor)
            if address.port != nil {
                var on: CInt = 1
                let size = socklen_t(MemoryLayout<CInt>.size)
                _ = setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on, size)
            }
            if case .tls(let host, _, let tls) = target {
                try channel.pipeline.syncOperations.addHandler(
                    NIOSSLClientHandler(context: tls.context, serverHostname: tls.name(for: host)))
            }
            try channel.pipeline.syncOperations.addHandler(handler())
            channel.dial(address, promise)
        } catch {
            promise.fail(error)
        }
        return promise.futureResult
    }

    private static func address(of target: ClientTarget) throws -> SocketAddress {
        switch target {
        case .tcp(let host, let port), .tls(let host, let port, _): try SocketAddress(ipAddress: host, port: port)
        case .unix(let path): try SocketAddress(unixDomainSocketPath: path)
        }
    }
}
