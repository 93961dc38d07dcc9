import NIOCore
import NIOSSL
import NIOTLS

/// A connection in a pipeline, behind its TLS: the last handler, and the only one of ours.
final class PipelineConnection: ServerConnection, ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    override var address: String { peer }

    private let peer: String
    /// TLS and what comes before CONNECT have this long, in all. [T-02] [T-21]
    private let deadline: TimeAmount
    /// Most of what a stranger costs.
    private let tls: NIOSSLServerHandler
    private var context: ChannelHandlerContext?
    private var handshakeTimer: Scheduled<Void>?

    init(
        listener: Int, owner: any ConnectionOwner, deadline: TimeAmount, address: String,
        behind context: NIOSSLContext
    ) {
        self.deadline = deadline
        peer = address
        tls = NIOSSLServerHandler(context: context)
        super.init(descriptor: -1, listener: listener, owner: owner)
    }

    /// Puts TLS and it into the pipeline of `channel`.
    func enter(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandlers(tls, self)
    }

    override func send(_ bytes: RawSpan) {
        guard let context, stage == .open, bytes.byteCount > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(copying: bytes)), promise: nil)
    }

    override func close(after bytes: RawSpan) {
        guard let context, stage == .open else { return }
        stage = .closing
        // To see that the peer goes: TLS waits for its goodbye, which may stand behind what nobody wanted to read.
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        let promise = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in bound.value.closeNow() }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(copying: bytes)), promise: promise)
        context.eventLoop.scheduleTask(in: .seconds(2)) { bound.value.abandon() }
    }

    override func abandon() {
        guard let context, stage != .closed else { return }
        if stage == .open { stage = .closing }
        // Past TLS, which would wait for the peer's goodbye.
        context.channel._channelCore.close0(error: ChannelError.eof, mode: .all, promise: nil)
    }

    override var unsentBytes: Int { (context?.channel as? SocketChannel)?.unsentBytes ?? 0 }

    override func read(_ wanted: Bool) {
        guard let context, stage == .open else { return }
        // The only error is that the channel is closed, and then `ended` has been told.
        try? context.channel.syncOptions?.setOption(.autoRead, value: wanted)
    }

    // MARK: What the channel says

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        isWritable = false
    }

    func channelActive(context: ChannelHandlerContext) {
        guard stage == .handshaking else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        handshakeTimer = context.eventLoop.scheduleTask(deadline: acceptedAt + deadline) {
            bound.value.handshakeTookTooLong()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event { open() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard stage == .open else { return }
        let buffer = unwrapInboundIn(data)
        owner.received(buffer.readableBytesSpan, from: self)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        owner.caughtUp()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if awaitsWritability, isWritable, stage == .open { owner.becameWritable(self) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that goes without close_notify has gone: nothing failed.
        if let error = error as? NIOSSLError, case .uncleanShutdown = error { return closeNow() }
        if failure == nil { failure = SocketFailure.sentence(for: error) }
        closeNow()
    }

    func channelInactive(context: ChannelHandlerContext) {
        handshakeTimer?.cancel()
        tellEnd()
    }

    // MARK: Opening and closing

    private func open() {
        guard stage == .handshaking else { return }
        handshakeTimer?.cancel()
        handshakeTimer = nil
        stage = .open
        let facts = PeerFacts(
            address: address, tls: tls.tlsVersion.map(PipelineConnection.name),
            certificate: try? tls.peerCertificate?.toDERBytes())
        owner.opened(self, by: facts)
    }

    private func handshakeTookTooLong() {
        guard stage == .handshaking else { return }
        failure = "no TLS handshake in time"
        closeNow()
    }

    private func closeNow() {
        guard stage != .closed else { return }
        context?.close(promise: nil)
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

extension ByteBuffer {
    fileprivate init(copying bytes: RawSpan) {
        self = bytes.withUnsafeBytes { ByteBuffer(bytes: $0) }
    }
}
