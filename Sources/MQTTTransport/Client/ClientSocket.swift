import NIOCore
import NIOPosix
import NIOSSL

/// Opens a client's socket.
enum ClientSocket {
    static func open(
        _ target: ClientTarget, on loop: any EventLoop, timeout: Int64,
        handler: @escaping @Sendable () -> ClientHandler
    ) -> EventLoopFuture<any Channel> {
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
}
