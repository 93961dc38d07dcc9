import NIOCore
import NIOSSL

/// Tells a client what its socket does.
final class ClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let client: MQTTClient
    private let attempt: Int
    private var failure: String?

    init(_ client: MQTTClient, attempt: Int) {
        self.client = client
        self.attempt = attempt
    }

    func channelActive(context: ChannelHandlerContext) {
        client.socketOpened(context.channel, attempt: attempt)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        client.socketReceived(unwrapInboundIn(data), attempt: attempt)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? NIOSSLError, case .uncleanShutdown = error {
            // Gone without close_notify: gone.
        } else if failure == nil {
            failure = SocketFailure.sentence(for: error)
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        client.socketEnded(failure.map(ClientEnd.failed) ?? .peerClosed, attempt: attempt)
    }
}
