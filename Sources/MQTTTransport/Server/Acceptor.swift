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
    /// Who has to wait before it is let in.
    private var guest: Newcomer?

    /// A socket that was accepted and is not let in yet.
    private struct Newcomer {
        enum Kind {
            case plain(SocketConnection)
            case tls(PipelineConnection, SocketChannel, ServerTLS)
        }

        let peer: cp_address
        let kind: Kind

        var connection: ServerConnection {
            switch kind {
            case .plain(let connection): connection
            case .tls(let connection, _, _): connection
            }
        }
    }

    /// Taken in one go, before sockets that are there already are looked at again.
    private static let atOnce = 64
    /// How long somebody waits before it is asked for again.
    private static let courtesy = TimeAmount.milliseconds(5)
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
            guard guest == nil else { return }
            var address = cp_address()
            let accepted = cp_accept(descriptor, &address)
            guard accepted >= 0 else {
                if AcceptBackoff.isShortage(errno) { pause(errno) }
                // What was to be accepted has gone, or there is nothing more: the next may be fine.
                return
            }
            backoff.accepted()
            usher(newcomer(accepted, address))
        }
    }

    /// Accepts no more; what was let in stays.
    func end() {
        reactor.close(self)
        if let newcomer = guest.take() { close(newcomer) }
    }

    private func newcomer(_ accepted: CInt, _ peer: cp_address) -> Newcomer {
        guard let tls else {
            let connection = SocketConnection(descriptor: accepted, acceptor: self, acceptedAt: .now())
            return Newcomer(peer: peer, kind: .plain(connection))
        }
        let connection = PipelineConnection(
            listener: number, owner: owner, deadline: deadline, address: PeerAddress.text(peer))
        let channel = SocketChannel(descriptor: accepted, reactor: reactor)
        return Newcomer(peer: peer, kind: .tls(connection, channel, tls.current))
    }

    /// Who is not let in goes without a word.
    private func usher(_ newcomer: Newcomer) {
        guard owner.admits(newcomer.connection) else { return close(newcomer) }
        let entrance = PeerAddress.withBytes(of: newcomer.peer) { owner.entrance(of: newcomer.connection, from: $0) }
        switch entrance {
        case .enter: enter(newcomer)
        case .wait: wait(with: newcomer)
        case .refuse: close(newcomer)
        }
    }

    private func enter(_ newcomer: Newcomer) {
        newcomer.connection.acceptedAt = .now()
        switch newcomer.kind {
        case .plain(let connection):
            let address = PeerAddress.text(newcomer.peer)
            do {
                try reactor.watch(connection, for: .readable)
            } catch {
                return owner.failed(connection, SocketFailure.sentence(for: error))
            }
            let user = address == PeerAddress.unix ? UInt32(exactly: cp_user(connection.descriptor)) : nil
            connection.open(PeerFacts(address: address, user: user))
        case .tls(let connection, let channel, let tls):
            do {
                try connection.enter(channel, behind: tls.context)
                try channel.begin()
            } catch {
                channel.abandon()
                owner.failed(connection, SocketFailure.sentence(for: error))
            }
        }
    }

    private func close(_ newcomer: Newcomer) {
        switch newcomer.kind {
        case .plain(let connection): reactor.close(connection)
        case .tls(_, let channel, _): channel.abandon()
        }
    }

    // MARK: Waiting

    /// Holds the one who has to wait, and accepts nobody else: those stay in the system's queue. [T-72]
    private func wait(with newcomer: Newcomer) {
        guest = newcomer
        reactor.change(self, to: [])
        let bound = NIOLoopBound(self, eventLoop: reactor)
        reactor.scheduleTask(in: Acceptor.courtesy) { bound.value.askAgain() }
    }

    private func askAgain() {
        guard let newcomer = guest.take() else { return }
        usher(newcomer)
        if guest == nil { reactor.change(self, to: .readable) }
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
