import NIOCore
import NIOSSL
import NIOTLS

/// One accepted socket: the only handler between it (or its TLS) and the owner of the broker.
///
/// It cuts nothing and knows no packets: bytes go to the owner where they are, and the owner's answers come back once
/// per turn of the event loop. Confined to that loop.
package final class ServerConnection: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// How far a connection has come.
    private enum Stage: Equatable {
        case handshaking
        case open
        /// Closing was asked for; what arrives now is of no interest.
        case closing
        case closed
    }

    /// Which listener accepted it; the owner knows what that means.
    package let listener: Int
    package let acceptedAt: NIODeadline
    /// The owner's name for it, good once it is opened.
    @exclusivity(unchecked) package var tag: UInt64 = 0
    /// Set by the owner while output waits because the socket takes no more.
    @exclusivity(unchecked) package var awaitsWritability = false
    /// Whether the socket takes more now; kept here, because asking the channel goes a long way for every write.
    @exclusivity(unchecked) package private(set) var isWritable = true

    private let owner: any ConnectionOwner
    /// TLS and what comes before CONNECT have this long, in all. [T-02] [T-21]
    private let deadline: TimeAmount
    private let tls: NIOSSLServerHandler?
    @exclusivity(unchecked) private var context: ChannelHandlerContext?
    @exclusivity(unchecked) private var stage = Stage.handshaking
    private var handshakeTimer: Scheduled<Void>?
    private var failure: String?

    package init(
        listener: Int, owner: any ConnectionOwner, acceptedAt: NIODeadline = .now(), deadline: TimeAmount,
        tls: NIOSSLServerHandler? = nil
    ) {
        self.listener = listener
        self.owner = owner
        self.acceptedAt = acceptedAt
        self.deadline = deadline
        self.tls = tls
    }

    /// The peer's address as text.
    package var address: String { context.map(ServerConnection.address) ?? "" }

    /// Writes now.
    package func send(_ bytes: ByteBuffer) {
        guard let context, stage == .open else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// Writes the last bytes, then closes; a peer that does not take them within two seconds loses them.
    package func close(after bytes: ByteBuffer) {
        guard let context, stage == .open else { return }
        stage = .closing
        let promise = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in bound.value.finish() }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
        context.eventLoop.scheduleTask(in: .seconds(2)) { bound.value.closeNow() }
    }

    /// Reads on, or not: a socket that is not read makes its peer wait.
    package func read(_ wanted: Bool) {
        guard let context, stage == .open else { return }
        // The only error is that the channel is closed, and then `ended` has been told.
        try? context.channel.syncOptions?.setOption(.autoRead, value: wanted)
    }

    // MARK: What the channel says

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        isWritable = false
    }

    package func channelActive(context: ChannelHandlerContext) {
        begin(context)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event { open(context) }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard stage == .open else { return }
        let buffer = unwrapInboundIn(data)
        owner.received(buffer.readableBytesSpan, from: self)
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        owner.caughtUp()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if awaitsWritability, isWritable, stage == .open { owner.becameWritable(self) }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that goes without close_notify has gone: nothing failed.
        if let error = error as? NIOSSLError, case .uncleanShutdown = error { return closeNow() }
        if failure == nil { failure = SocketFailure.sentence(for: error) }
        closeNow()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        let former = stage
        stage = .closed
        handshakeTimer?.cancel()
        switch former {
        case .handshaking: owner.failed(self, failure ?? "closed before the handshake was done")
        case .open: owner.ended(self, failure.map(SocketEnd.failed) ?? .peerClosed)
        case .closing: owner.ended(self, .asked)
        case .closed: break
        }
    }

    // MARK: Opening and closing

    private func begin(_ context: ChannelHandlerContext) {
        guard stage == .handshaking, handshakeTimer == nil else { return }
        guard tls != nil else { return open(context) }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let rest = acceptedAt + deadline
        handshakeTimer = context.eventLoop.scheduleTask(deadline: rest) { bound.value.handshakeTookTooLong() }
    }

    private func open(_ context: ChannelHandlerContext) {
        guard stage == .handshaking else { return }
        handshakeTimer?.cancel()
        stage = .open
        let facts = PeerFacts(
            address: ServerConnection.address(context), tls: tls?.tlsVersion.map(ServerConnection.name),
            certificate: (try? tls?.peerCertificate?.toDERBytes()) ?? nil, user: UnixPeer.user(of: context.channel))
        guard owner.opened(self, by: facts) else {
            // The owner never knew it, so it is not told of its end.
            stage = .closed
            return context.close(promise: nil)
        }
    }

    private func handshakeTookTooLong() {
        guard stage == .handshaking else { return }
        failure = "no TLS handshake in time"
        closeNow()
    }

    /// After the last bytes: tells the peer that no more will come and lets it go first, for a close with unread bytes
    /// in the socket would take back what was just written.
    private func finish() {
        guard let context, stage == .closing else { return }
        guard tls == nil else { return closeNow() }
        context.close(mode: .output, promise: nil)
    }

    private func closeNow() {
        guard stage != .closed else { return }
        context?.close(promise: nil)
    }

    private static func address(_ context: ChannelHandlerContext) -> String {
        guard let address = context.channel.remoteAddress else { return "" }
        guard let ip = address.ipAddress, let port = address.port else { return "unix" }
        // An IPv4 peer of a dual-stack socket is shown as what it is.
        let plain = ip.hasPrefix("::ffff:") ? String(ip.dropFirst(7)) : ip
        return plain.utf8.contains(UInt8(ascii: ":")) ? "[\(plain)]:\(port)" : "\(plain):\(port)"
    }

    private static func name(_ version: TLSVersion) -> String {
        switch version {
        case .tlsv1: "TLS 1.0"
        case .tlsv11: "TLS 1.1"
        case .tlsv12: "TLS 1.2"
        case .tlsv13: "TLS 1.3"
        }
    }
}
