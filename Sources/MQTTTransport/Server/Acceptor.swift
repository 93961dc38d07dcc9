import CPolling
import Glibc
import NIOCore
import NIOSSL

/// A listening socket on a reactor.
final class Acceptor: Polled {
    let reactor: Reactor
    let owner: any ConnectionOwner
    let number: Int
    private let tls: TLSInForce?
    /// From accept to the end of the TLS handshake.
    private let deadline: TimeAmount
    private var backoff = AcceptBackoff()
    /// Told once per pause, with the reason.
    private let paused: (String) -> Void
    /// Who was asked to go, and by when it has to be gone; the oldest first.
    private var leaving: [(by: NIODeadline, connection: SocketConnection)] = []
    private var gone = 0

    /// Taken in one go, before sockets that are there already are looked at again.
    private static let atOnce = 64
    private static let goodbye = TimeAmount.seconds(2)

    init(
        descriptor: CInt, listener: Listener, reactor: Reactor, owner: any ConnectionOwner,
        paused: @escaping (String) -> Void
    ) {
        self.reactor = reactor
        self.owner = owner
        number = listener.number
        tls = listener.tls
        deadline = listener.deadline
        self.paused = paused
        super.init(descriptor: descriptor)
    }

    override func ready(_ readiness: Readiness) {
        for _ in 0..<Acceptor.atOnce {
            var address = cp_address()
            let accepted = cp_accept(descriptor, &address)
            guard accepted >= 0 else {
                if AcceptBackoff.isShortage(errno) { pause(errno) }
                // What was to be accepted has gone, or there is nothing more: the next may be fine.
                return
            }
            backoff.accepted()
            take(accepted, address)
        }
    }

    private func take(_ accepted: CInt, _ peer: cp_address) {
        if let tls { return take(accepted, peer, tls.current) }
        let connection = SocketConnection(descriptor: accepted, acceptor: self, acceptedAt: .now())
        // Who is not let in goes without a word.
        guard owner.admits(connection), owner.lets(connection, inFrom: PeerAddress.address(peer)) else {
            return reactor.close(connection)
        }
        let address = PeerAddress.text(peer)
        do {
            try reactor.watch(connection, for: .readable)
        } catch {
            return owner.failed(connection, SocketFailure.sentence(for: error))
        }
        let user = address == PeerAddress.unix ? UInt32(exactly: cp_user(accepted)) : nil
        connection.open(PeerFacts(address: address, user: user))
    }

    private func take(_ accepted: CInt, _ peer: cp_address, _ tls: ServerTLS) {
        let channel = SocketChannel(descriptor: accepted, reactor: reactor)
        let connection = PipelineConnection(
            listener: number, owner: owner, deadline: deadline, address: PeerAddress.text(peer))
        guard owner.admits(connection), owner.lets(connection, inFrom: PeerAddress.address(peer)) else {
            return channel.abandon()
        }
        do {
            try connection.enter(channel, behind: tls.context)
            try channel.begin()
        } catch {
            channel.abandon()
            owner.failed(connection, SocketFailure.sentence(for: error))
        }
    }

    // MARK: Goodbyes

    /// Whoever was asked to go is gone in two seconds, one way or the other.
    func leaves(_ connection: SocketConnection) {
        leaving.append((.now() + Acceptor.goodbye, connection))
        if leaving.count - gone == 1 { waitForLeaving() }
    }

    private func waitForLeaving() {
        guard gone < leaving.count else {
            leaving = []
            gone = 0
            return
        }
        let bound = NIOLoopBound(self, eventLoop: reactor)
        reactor.scheduleTask(deadline: leaving[gone].by) { bound.value.endLeaving() }
    }

    private func endLeaving() {
        let now = NIODeadline.now()
        while gone < leaving.count, leaving[gone].by <= now {
            leaving[gone].connection.end()
            gone += 1
        }
        if gone > 1_024, gone * 2 > leaving.count {
            leaving.removeFirst(gone)
            gone = 0
        }
        waitForLeaving()
    }

    // MARK: Shortage

    /// Accepts nothing for a moment when the process has no descriptors left, rather than spin or end. [T-71]
    private func pause(_ code: CInt) {
        paused(String(cString: strerror(code)))
        reactor.change(self, to: [])
        let bound = NIOLoopBound(self, eventLoop: reactor)
        reactor.scheduleTask(in: backoff.next()) { bound.value.reactor.change(bound.value, to: .readable) }
    }
}
