import Glibc
import NIOCore

/// What TLS needs to run on a reactor's socket: a channel with a pipeline, and no more than that.
///
/// Ends and failures are told to the pipeline in a later task, never within a call.
final class SocketChannel: Polled, Channel, ChannelCore, @unchecked Sendable {
    private let reactor: Reactor
    private let closePromise: EventLoopPromise<Void>
    /// What the socket did not take yet, and who wants to know when it has.
    private var unsent = ByteBuffer()
    private var promises: [EventLoopPromise<Void>] = []
    private var isOutputClosing = false
    private var isOver = false
    /// Before that nobody hears what is said: handlers such as TLS begin to speak when they find it active.
    private var hasBegun = false
    /// Told once the peer has answered, or has not; nil where the socket was accepted.
    private var dialled: EventLoopPromise<any Channel>?
    /// Whom it called, which TLS asks for; nil where the socket was accepted.
    private(set) var remoteAddress: SocketAddress?
    private(set) lazy var pipeline = ChannelPipeline(channel: self)

    init(descriptor: CInt, reactor: Reactor) {
        self.reactor = reactor
        closePromise = reactor.makePromise()
        super.init(descriptor: descriptor)
    }

    /// Watches the socket and tells the handlers, which have been added.
    func begin() throws {
        try reactor.watch(self, for: .readable)
        announce()
    }

    /// Calls `address`, and begins when the peer answers.
    func dial(_ address: SocketAddress, _ promise: EventLoopPromise<any Channel>) {
        remoteAddress = address
        let answer = address.withSockAddr { Glibc.connect(descriptor, $0, socklen_t($1)) }
        do {
            guard answer == 0 || errno == EINPROGRESS else { throw SystemFailure("connect") }
            dialled = promise
            try reactor.watch(self, for: .writable)
        } catch {
            dialled = nil
            abandon()
            promise.fail(error)
        }
    }

    /// What the socket has not taken, in memory.
    var unsentBytes: Int { unsent.readableBytes == 0 ? 0 : unsent.capacity }

    /// Closes without telling anybody: it never began.
    func abandon() {
        isOver = true
        reactor.close(self)
        finish()
    }

    // MARK: What the socket says

    override func ready(_ readiness: Readiness) {
        if let dialled { return answered(dialled) }
        if readiness.contains(.writable), unsent.readableBytes > 0 { flush0() }
        if interest.contains(.readable) {
            if !readiness.isDisjoint(with: [.readable, .over]) { readOnce() }
        } else if !readiness.isDisjoint(with: .over) {
            close0(error: ChannelError.eof, mode: .all, promise: nil)
        }
    }

    private func answered(_ promise: EventLoopPromise<any Channel>) {
        dialled = nil
        var code: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0, code == 0 else {
            abandon()
            return promise.fail(IOError(errnoCode: code, reason: "connect"))
        }
        reactor.change(self, to: .readable)
        announce()
        promise.succeed(self)
    }

    private func announce() {
        hasBegun = true
        pipeline.fireChannelRegistered()
        pipeline.fireChannelActive()
    }

    private func readOnce() {
        let room = reactor.room
        let count = Glibc.read(descriptor, room.baseAddress, room.count)
        if count > 0 {
            pipeline.fireChannelRead(ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: room[..<count])))
            pipeline.fireChannelReadComplete()
        } else if count == 0 {
            close0(error: ChannelError.eof, mode: .all, promise: nil)
        } else if errno != EAGAIN, errno != EINTR {
            breaks(SystemFailure("read"))
        }
    }

    private func breaks(_ error: IOError) {
        guard !isOver else { return }
        pipeline.fireErrorCaught(error)
        close0(error: error, mode: .all, promise: nil)
    }

    // MARK: What the pipeline asks for

    func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else { return promise.fail(ChannelError.ioOnClosedChannel) }
        guard !isOutputClosing else { return promise.fail(ChannelError.outputClosed) }
        var buffer = unwrapData(data, as: ByteBuffer.self)
        if unsent.readableBytes == 0 { unsent = buffer } else { unsent.writeBuffer(&buffer) }
        if let promise { promises.append(promise) }
    }

    func flush0() {
        guard !isOver else { return }
        while unsent.readableBytes > 0 {
            let count = unsent.withUnsafeReadableBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count >= 0 {
                unsent.moveReaderIndex(forwardBy: count)
            } else if errno == EAGAIN {
                guard !interest.contains(.writable) else { return }
                reactor.change(self, to: interest.union(.writable))
                return pipeline.fireChannelWritabilityChanged()
            } else if errno != EINTR {
                let error = SystemFailure("write")
                return reactor.execute { self.breaks(error) }
            }
        }
        unsent = ByteBuffer()
        settle(nil)
        guard !isOver else { return }
        if isOutputClosing { shutdown(descriptor, CInt(SHUT_WR)) }
        guard interest.contains(.writable) else { return }
        reactor.change(self, to: interest.subtracting(.writable))
        pipeline.fireChannelWritabilityChanged()
    }

    func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard !isOver else { return promise.fail(ChannelError.alreadyClosed) }
        switch mode {
        case .input: promise.fail(ChannelError.operationUnsupported)
        case .output:
            isOutputClosing = true
            if let promise { promises.append(promise) }
            flush0()
        case .all:
            isOver = true
            reactor.close(self)
            unsent = ByteBuffer()
            settle(error)
            promise?.succeed()
            reactor.execute {
                self.pipeline.fireChannelInactive()
                self.pipeline.fireChannelUnregistered()
                self.finish()
            }
        }
    }

    /// All that was to be written is, or never will be.
    private func settle(_ error: (any Error)?) {
        guard !promises.isEmpty else { return }
        let settled = promises
        promises = []
        for promise in settled {
            if let error { promise.fail(error) } else { promise.succeed() }
        }
    }

    private func finish() {
        removeHandlers(pipeline: pipeline)
        closePromise.succeed()
    }

    func read0() {}
    func register0(promise: EventLoopPromise<Void>?) { promise?.succeed() }
    func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) { promise?.succeed() }
    func bind0(to: SocketAddress, promise: EventLoopPromise<Void>?) { promise.fail(ChannelError.operationUnsupported) }
    func connect0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise.fail(ChannelError.operationUnsupported)
    }
    func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) {
        promise.fail(ChannelError.operationUnsupported)
    }
    func channelRead0(_ data: NIOAny) {}
    func errorCaught0(error: any Error) {}
    func localAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
    func remoteAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
}

extension SocketChannel {
    var eventLoop: any EventLoop { reactor }
    var allocator: ByteBufferAllocator { ByteBufferAllocator() }
    var closeFuture: EventLoopFuture<Void> { closePromise.futureResult }
    var localAddress: SocketAddress? { nil }
    var parent: (any Channel)? { nil }
    var isWritable: Bool { !isOver && unsent.readableBytes == 0 }
    var isActive: Bool { hasBegun && descriptor >= 0 }
    var _channelCore: any ChannelCore { self }
    var syncOptions: (any NIOSynchronousChannelOptions)? { Options(channel: self) }

    func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        reactor.makeCompletedFuture { try Options(channel: self).setOption(option, value: value) }
    }

    func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        reactor.makeCompletedFuture { try Options(channel: self).getOption(option) }
    }

    /// The only option there is: whether the socket is read.
    private struct Options: NIOSynchronousChannelOptions {
        let channel: SocketChannel

        func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) throws {
            guard option is ChannelOptions.Types.AutoReadOption, let wanted = value as? Bool else {
                throw ChannelError.operationUnsupported
            }
            let interest = channel.interest
            channel.reactor.change(channel, to: wanted ? interest.union(.readable) : interest.subtracting(.readable))
        }

        func getOption<Option: ChannelOption>(_ option: Option) throws -> Option.Value {
            let answer: Bool
            switch option {
            case is ChannelOptions.Types.AutoReadOption: answer = channel.interest.contains(.readable)
            case is ChannelOptions.Types.AllowRemoteHalfClosureOption: answer = false
            default: throw ChannelError.operationUnsupported
            }
            guard let value = answer as? Option.Value else { throw ChannelError.operationUnsupported }
            return value
        }
    }
}

extension EventLoopPromise<Void>? {
    fileprivate func fail(_ error: any Error) {
        self?.fail(error)
    }
}
