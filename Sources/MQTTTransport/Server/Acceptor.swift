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

    /// Taken in one go, before sockets that are there already are looked at again. Few would be too few in a storm, where
    /// all that are looked at may want their TLS handshake: who has to wait should do so here, out of others' way. [T-72]
    private static let atOnce = 256
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
            owner.arrived(Newcomer(descriptor: accepted, peer: address, acceptor: self))
        }
    }

    /// Accepts no more; what was let in stays.
    func end() {
        reactor.close(self)
    }

    func enter(_ newcomer: Newcomer, from origin: UInt64?) -> ServerConnection {
        guard let tls else { return enterPlainly(newcomer, from: origin) }
        return enter(newcomer, from: origin, behind: tls.current)
    }

    private func enterPlainly(_ newcomer: Newcomer, from origin: UInt64?) -> ServerConnection {
        let connection = SocketConnection(descriptor: newcomer.descriptor, acceptor: self)
        connection.origin = origin
        do {
            try reactor.watch(connection, for: .readable)
        } catch {
            owner.failed(connection, SocketFailure.sentence(for: error))
            return connection
        }
        let address = PeerAddress.text(newcomer.peer)
        let user = address == PeerAddress.unix ? UInt32(exactly: cp_user(connection.descriptor)) : nil
        connection.open(PeerFacts(address: address, user: user))
        return connection
    }

    private func enter(_ newcomer: Newcomer, from origin: UInt64?, behind tls: ServerTLS) -> ServerConnection {
        let connection = PipelineConnection(
            listener: number, owner: owner, deadline: deadline, address: PeerAddress.text(newcomer.peer),
            behind: tls.context)
        connection.origin = origin
        let channel = SocketChannel(descriptor: newcomer.descriptor, reactor: reactor)
        do {
            try connection.enter(channel)
            try channel.begin()
        } catch {
            channel.abandon()
            owner.failed(connection, SocketFailure.sentence(for: error))
        }
        return connection
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
