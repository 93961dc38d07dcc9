import NIOCore

/// One connection of a probe or a scraper: a request, its answer, the end.
///
/// Confined to its event loop. Bytes do not reset its deadline, and no more of them are kept than a request may have.
final class InstrumentationConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// From accept to the request, and from the answer to the end. [T-02]
    static let deadline = TimeAmount.seconds(5)

    private enum Stage {
        case reading
        case answering(HTTPRequest.Method)
        case over
    }

    private let desk: InstrumentationDesk
    private var context: ChannelHandlerContext?
    private var stage = Stage.reading
    private var received: [UInt8] = []
    private var timer: Scheduled<Void>?

    init(_ desk: InstrumentationDesk) {
        self.desk = desk
    }

    /// Whether it has not said yet what it wants.
    var isReading: Bool {
        switch stage {
        case .reading: true
        case .answering, .over: false
        }
    }

    /// Without a word.
    func end() {
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: Self.deadline) {
            let (connection, context) = bound.value
            connection.isLate(context)
        }
    }

    /// Whose fault that is, the status says: figures come from a loop that may have no time.
    private func isLate(_ context: ChannelHandlerContext) {
        switch stage {
        case .reading: answer(HTTPAnswer(.requestTimeout), .get, context)
        case .answering(let method): answer(HTTPAnswer(.unavailable), method, context)
        case .over: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        stage = .over
        timer?.cancel()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        desk.ended(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isReading else { return }
        let buffer = unwrapInboundIn(data)
        let room = HTTPRequest.longest + 4 - received.count
        received.append(contentsOf: buffer.readableBytesView.prefix(room))
        switch HTTPRequest.read(received) {
        case .incomplete: return
        case .refused(let status): answer(HTTPAnswer(status), .get, context)
        case .complete(let request):
            stage = .answering(request.method)
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            desk.answer(request, from: context.remoteAddress, on: context.eventLoop).whenComplete { result in
                let (connection, context) = bound.value
                connection.answer((try? result.get()) ?? HTTPAnswer(.unavailable), request.method, context)
            }
        }
    }

    /// Writes, says that no more will come, and lets the peer go first: a close with unread bytes would take the answer
    /// back.
    private func answer(_ answer: HTTPAnswer, _ method: HTTPRequest.Method, _ context: ChannelHandlerContext) {
        if case .over = stage { return }
        stage = .over
        timer?.cancel()
        received = []
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in bound.value.close(mode: .output, promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer.bytes(for: method))), promise: written)
        timer = context.eventLoop.scheduleTask(in: Self.deadline) { bound.value.close(promise: nil) }
    }
}
