import Glibc
import Ledger
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Plays one `LedgerWorker` over a real connection, and keeps its book.
///
/// Confined to its event loop.
final class CrewMember: @unchecked Sendable {
    let bookPath: String
    private var worker: LedgerWorker
    private var dice: SeededDice
    private let plan: Crew.Plan
    private let port: Int
    private let tls: NIOSSLContext?
    private let clock: RunClock
    private let tally: Tally
    private let loop: any EventLoop
    private let book: Int32
    private var unwritten: [UInt8] = []
    private var outgoing = ByteBuffer()
    private var channel: (any Channel)?
    private var attempt = 0
    private var sequence = 0
    private var openedAt: Int64 = .max
    private var isStopped = false
    /// Why it loses its connection, if it does so itself.
    private var reason: String?

    init(
        _ worker: LedgerWorker, dice: SeededDice, plan: Crew.Plan, port: Int, tls: NIOSSLContext?, book: String,
        clock: RunClock, tally: Tally, on loop: any EventLoop
    ) throws {
        self.worker = worker
        self.dice = dice
        self.plan = plan
        self.port = port
        self.tls = tls
        self.clock = clock
        self.tally = tally
        self.loop = loop
        bookPath = book
        self.book = try Files.appending(book)
        let title = Book(pool: worker.pool, worker: worker.worker).title
        Files.write(Array("\(title)\n".utf8), to: self.book)
    }

    func start() {
        connect()
        scheduleLetters()
        scheduleBeat()
    }

    func cut() {
        reason = "cut by the worker"
        channel?.close(mode: .all, promise: nil)
    }

    func stop() {
        isStopped = true
        perform(worker.leave())
    }

    func closeBook() {
        flushBook()
        close(book)
    }

    // MARK: Connections

    private func connect() {
        guard !isStopped else { return }
        attempt += 1
        let attempt = attempt
        let member = self
        let tls = tls
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(5))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    }
                    try channel.pipeline.syncOperations.addHandler(CrewSocket(member, attempt: attempt))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .whenFailure { _ in member.ended("no connection", attempt: attempt) }
    }

    func opened(_ channel: any Channel, attempt: Int) {
        guard attempt == self.attempt, !isStopped else { return channel.close(promise: nil) }
        self.channel = channel
        openedAt = clock.now()
        perform(worker.opened())
    }

    func received(_ bytes: ByteBuffer, attempt: Int) {
        guard attempt == self.attempt else { return }
        perform(worker.received(bytes.readableBytesView))
    }

    func ended(_ reason: String, attempt: Int) {
        guard attempt == self.attempt else { return }
        self.attempt += 1
        channel = nil
        let wasConnected = worker.isConnected
        let actions = worker.lost(self.reason ?? reason)
        self.reason = nil
        if wasConnected { tally.counts.withLock { $0.connected -= 1 } }
        guard !isStopped else { return }
        perform(actions)
        // Not all at the same moment, as machines are not.
        loop.scheduleTask(in: .milliseconds(Int64(5 + dice.below(15)))) { self.connect() }
    }

    // MARK: Letters

    /// Each on its own time: the crew together writes as many messages a second as were asked for.
    private func scheduleLetters() {
        guard !isStopped else { return }
        let mean = max(1, 1_000_000 * plan.workers / max(1, plan.rate))
        // Two at a time, so that a batch of the broker's holds more than one of a worker's.
        loop.scheduleTask(in: .microseconds(Int64(mean + dice.below(2 * mean)))) {
            if !self.tally.isHeld.withLock({ $0 }) {
                for _ in 0..<2 where self.worker.room > 0 { self.perform(self.worker.send(self.letter())) }
            }
            self.scheduleLetters()
        }
    }

    private func scheduleBeat() {
        guard !isStopped else { return }
        loop.scheduleTask(in: .seconds(Int64(max(1, plan.keepAlive / 3)))) {
            self.perform(self.worker.ping())
            self.scheduleBeat()
        }
    }

    private func letter() -> Letter {
        let size =
            switch dice.below(100) {
            case ..<85: 128 + dice.below(896)
            case ..<98: 1_024 + dice.below(7_168)
            default: 8_192 + dice.below(max(1, plan.largest - 8_192))
            }
        defer { sequence += 1 }
        return Letter(
            id: dice.ulid(at: RunClock.wall()), sequence: sequence, qos: dice.below(3) == 0 ? 2 : 1,
            size: min(size, plan.largest), shape: dice.below(16) == 0 ? .bytes : .object)
    }

    // MARK: Deeds

    private func perform(_ actions: [LedgerWorker.Action]) {
        var closes = false
        for action in actions {
            switch action {
            case .note(let deed): note(deed)
            case .send(let letter, let packet):
                let payload = letter.payload
                note(
                    .sent(
                        id: letter.id, sequence: letter.sequence, qos: letter.qos, digest: Digest.of(payload),
                        packet: packet, connection: worker.connectionNumber))
                outgoing.writeBytes(publish(letter, payload, packet, duplicate: false))
            case .resend(let letter, let packet, let duplicate):
                outgoing.writeBytes(publish(letter, letter.payload, packet, duplicate: duplicate))
            case .write(let bytes): outgoing.writeBytes(bytes)
            case .close: closes = true
            }
        }
        flushBook()
        if outgoing.readableBytes > 0 {
            channel?.writeAndFlush(outgoing, promise: nil)
            outgoing = ByteBuffer()
        }
        if closes { channel?.close(mode: .all, promise: nil) }
    }

    private func publish(_ letter: Letter, _ payload: [UInt8], _ packet: UInt16, duplicate: Bool) -> [UInt8] {
        WorkerWire.publish(
            worker.topic, payload, qos: letter.qos, packet: packet, duplicate: duplicate, worker.version)
    }

    private func note(_ deed: Entry.Deed) {
        let now = clock.now()
        unwritten += Array(Entry(at: now, deed).line.utf8)
        unwritten.append(10)
        let openedAt = openedAt
        tally.counts.withLock { counts in
            switch deed {
            case .opened: counts.connected += 1
            case .sent:
                counts.sent += 1
                counts.open += 1
            case .resent: counts.resent += 1
            case .promised(_, let code):
                counts.open -= 1
                guard code < 0x80 else {
                    counts.refused += 1
                    return
                }
                counts.promised += 1
                counts.lastPromise = now
                let isAfter = counts.marksConnections ? openedAt > counts.mark : now > counts.mark
                if counts.firstPromise == nil, isAfter { counts.firstPromise = now }
            case .refused: counts.refused += 1
            case .completed, .lost: break
            }
        }
    }

    private func flushBook() {
        guard !unwritten.isEmpty else { return }
        Files.write(unwritten, to: book)
        unwritten.removeAll(keepingCapacity: true)
    }
}

/// Tells a member what its socket does.
private final class CrewSocket: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let member: CrewMember
    private let attempt: Int
    private var reason = "closed by the broker"

    init(_ member: CrewMember, attempt: Int) {
        self.member = member
        self.attempt = attempt
    }

    func channelActive(context: ChannelHandlerContext) {
        member.opened(context.channel, attempt: attempt)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        member.received(unwrapInboundIn(data), attempt: attempt)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        reason = "\(type(of: error))"
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        member.ended(reason, attempt: attempt)
    }
}
