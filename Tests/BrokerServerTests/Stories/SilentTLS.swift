import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

/// Connections that do everything TLS asks of them and then say nothing.
final class SilentTLS: Sendable {
    private struct Seen {
        var ready = 0
        var lives: [Duration] = []
        var failures: [String] = []
    }

    private let context: NIOSSLContext
    private let port: Int
    private let seen = Mutex(Seen())

    /// How many have shown their papers and were not refused in TLS.
    var ready: Int { seen.withLock { $0.ready } }
    /// How long those lived that are closed, from when their call was taken.
    var lives: [Duration] { seen.withLock { $0.lives } }
    var failures: [String] { seen.withLock { $0.failures } }

    init(_ papers: Station.Papers, port: UInt16) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(papers.authority))
        configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(papers.certificate).map { .certificate($0) }
        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: papers.key, format: .pem))
        context = try NIOSSLContext(configuration: configuration)
        self.port = Int(port)
    }

    func dial(from host: UInt8) {
        do {
            try ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(to: SocketAddress(ipAddress: "127.0.0.\(host)", port: 0))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers(
                            NIOSSLClientHandler(context: self.context, serverHostname: "localhost"),
                            Listener { self.seen.withLock { $0.ready += 1 } })
                    }
                }
                .connect(host: "127.0.0.1", port: port)
                .whenComplete { result in
                    switch result {
                    case .success(let channel):
                        let connectedAt = ContinuousClock.now
                        channel.closeFuture.whenComplete { _ in
                            self.seen.withLock { $0.lives.append(ContinuousClock.now - connectedAt) }
                        }
                    case .failure(let error): self.seen.withLock { $0.failures.append("\(error)") }
                    }
                }
        } catch {
            seen.withLock { $0.failures.append("\(error)") }
        }
    }

    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let ready: () -> Void

        init(_ ready: @escaping () -> Void) {
            self.ready = ready
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if let event = event as? TLSUserEvent, case .handshakeCompleted = event { ready() }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            // The broker just closes.
            context.close(promise: nil)
        }
    }
}
