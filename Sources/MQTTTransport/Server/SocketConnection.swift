import Glibc
import NIOCore

/// A plain socket: bytes go to the owner from where the kernel wrote them, and from the owner's output to the kernel.
final class SocketConnection: ServerConnection {
    private let acceptor: Acceptor
    /// What the socket did not take at once, and how much of that it has taken since: nothing is moved meanwhile, for
    /// tens of megabytes may wait here and go in small portions.
    @exclusivity(unchecked) private var unsent: [UInt8] = []
    @exclusivity(unchecked) private var gone = 0

    init(descriptor: CInt, acceptor: Acceptor) {
        self.acceptor = acceptor
        super.init(descriptor: descriptor, listener: acceptor.number, owner: acceptor.owner)
    }

    override var address: String { PeerAddress.text(of: descriptor) }

    /// Nothing stands between the peer and the owner.
    func open(_ facts: PeerFacts) {
        stage = .open
        owner.opened(self, by: facts)
    }

    override func send(_ bytes: RawSpan) {
        guard stage == .open else { return }
        write(bytes)
    }

    override func close(after bytes: RawSpan) {
        guard stage == .open else { return }
        write(bytes)
        stage = .closing
        // To see that the peer goes, even if nobody wants to know what it says.
        acceptor.reactor.change(self, to: interest.union(.readable))
        if unsent.isEmpty { sayGoodbye() }
        acceptor.leaves(self)
    }

    override func abandon() {
        guard stage == .open || stage == .closing else { return }
        stage = .closing
        unsent = []
        let bound = NIOLoopBound(self, eventLoop: acceptor.reactor)
        acceptor.reactor.execute { bound.value.end() }
    }

    override var unsentBytes: Int { unsent.capacity }

    override func read(_ wanted: Bool) {
        guard stage == .open else { return }
        acceptor.reactor.change(self, to: wanted ? interest.union(.readable) : interest.subtracting(.readable))
    }

    override func ready(_ readiness: Readiness) {
        if readiness.contains(.writable), !unsent.isEmpty { writeOn() }
        if interest.contains(.readable) {
            if !readiness.isDisjoint(with: [.readable, .over]) { readOnce() }
        } else if !readiness.isDisjoint(with: .over) {
            end()
        }
    }

    /// Whatever it was doing, it is over.
    func end() {
        guard stage != .closed else { return }
        acceptor.reactor.close(self)
        unsent = []
        tellEnd()
    }

    /// One portion: the next socket is not kept waiting by one that always has more.
    private func readOnce() {
        let room = acceptor.reactor.room
        let count = recv(descriptor, room.baseAddress, room.count, 0)
        guard count > 0 else {
            if count < 0 {
                if errno == EAGAIN || errno == EINTR { return }
                failure = SocketFailure.sentence(for: SystemFailure("read"))
            }
            return end()
        }
        guard stage == .open else { return }
        owner.received(UnsafeRawBufferPointer(rebasing: room[..<count]).bytes, from: self)
        owner.caughtUp()
    }

    private func write(_ bytes: RawSpan) {
        guard bytes.byteCount > 0 else { return }
        bytes.withUnsafeBytes { bytes in
            let taken = unsent.isEmpty ? put(bytes) : 0
            guard taken < bytes.count else { return }
            unsent.append(contentsOf: bytes[taken...])
            isWritable = false
            acceptor.reactor.change(self, to: interest.union(.writable))
        }
    }

    private func writeOn() {
        gone += unsent.withUnsafeBytes { put(UnsafeRawBufferPointer(rebasing: $0[gone...])) }
        guard gone >= unsent.count else { return }
        (unsent, gone) = ([], 0)
        acceptor.reactor.change(self, to: interest.subtracting(.writable))
        guard stage == .open else { return sayGoodbye() }
        isWritable = true
        if awaitsWritability { owner.becameWritable(self) }
    }

    /// How many of the bytes the kernel took; a broken socket takes all of them, and ends soon.
    private func put(_ bytes: UnsafeRawBufferPointer) -> Int {
        let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
        if count >= 0 { return count }
        if errno == EAGAIN || errno == EINTR { return 0 }
        if failure == nil { failure = SocketFailure.sentence(for: SystemFailure("write")) }
        // Later: the owner is in the middle of something.
        let bound = NIOLoopBound(self, eventLoop: acceptor.reactor)
        acceptor.reactor.execute { bound.value.end() }
        return bytes.count
    }

    /// After the last bytes: tells the peer that no more will come and lets it go first, for a close with unread bytes
    /// in the socket would take back what was just written.
    private func sayGoodbye() {
        if descriptor >= 0 { shutdown(descriptor, CInt(SHUT_WR)) }
    }
}
