import Glibc
import NIOCore

/// Stops accepting for a moment when the process has no descriptors left, rather than spin or end. [T-71]
final class AcceptBackoff: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = any Channel

    /// Told once per pause, with the reason.
    private let paused: (String) -> Void
    private var pause: TimeAmount?
    private var waiting: Scheduled<Void>?
    private var wantsRead = false

    init(paused: @escaping (String) -> Void) {
        self.paused = paused
    }

    func read(context: ChannelHandlerContext) {
        if waiting == nil { context.read() } else { wantsRead = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pause = nil
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError else { return context.fireErrorCaught(error) }
        switch error.errnoCode {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: begin(context, error.errnoCode)
        // The one that was to be accepted has gone; the next may be fine.
        default: break
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        waiting?.cancel()
        waiting = nil
    }

    private func begin(_ context: ChannelHandlerContext, _ code: CInt) {
        guard waiting == nil else { return }
        let span = min(pause.map { $0 * 2 } ?? .milliseconds(10), .seconds(1))
        pause = span
        paused(String(cString: strerror(code)))
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        waiting = context.eventLoop.scheduleTask(in: span) {
            let (handler, context) = bound.value
            handler.waiting = nil
            if handler.wantsRead {
                handler.wantsRead = false
                context.read()
            }
        }
    }
}
