import NIOCore

/// One accepted socket, as its owner knows it.
///
/// It cuts nothing and knows no packets: bytes go to the owner where they are, and the owner's answers come back once
/// per turn of the event loop. Confined to that loop. What it is told to do, it never answers before it returns: ends
/// and failures are told later.
package class ServerConnection: Polled {
    /// How far a connection has come.
    enum Stage: Equatable {
        case handshaking
        case open
        /// Closing was asked for; what arrives now is of no interest.
        case closing
        case closed
    }

    /// Which listener accepted it; the owner knows what that means.
    package final let listener: Int
    /// When it entered: who had to wait for that has lost no time.
    package final let acceptedAt: NIODeadline
    /// The owner's name for it, good once it is opened.
    ///
    /// Not the stored property itself: what is said here of exclusive access is not heard in other modules.
    package final var tag: UInt64 {
        get { ownersName }
        set { ownersName = newValue }
    }
    @exclusivity(unchecked) private final var ownersName: UInt64 = 0
    /// The owner's note of where it comes from.
    package final var origin: UInt64?
    /// Whether the owner waits for the socket to take more.
    @exclusivity(unchecked) final var awaitsWritability = false
    /// Whether the socket takes more now.
    @exclusivity(unchecked) final var isWritable = true

    final let owner: any ConnectionOwner
    @exclusivity(unchecked) final var stage = Stage.handshaking
    /// Why it ends, if it broke.
    final var failure: String?

    init(descriptor: CInt, listener: Int, owner: any ConnectionOwner) {
        self.listener = listener
        self.owner = owner
        acceptedAt = .now()
        super.init(descriptor: descriptor)
    }

    /// Whether nobody knows yet who it is.
    package final var isHandshaking: Bool { stage == .handshaking }

    /// The peer's address as text.
    package var address: String { "" }

    /// Whether the socket takes more now; if not, the owner is told once it does.
    package final func takesMore() -> Bool {
        awaitsWritability = !isWritable
        return isWritable
    }

    /// Writes now; what the socket does not take is kept, and `takesMore` is false until it does.
    package func send(_ bytes: RawSpan) {}

    /// Writes the last bytes, then closes; a peer that does not take them within two seconds loses them.
    package func close(after bytes: RawSpan) {}

    /// Ends at once; what the socket has not taken is let go of now.
    package func abandon() {}

    /// Bytes that were sent and that the socket has not taken.
    package var unsentBytes: Int { 0 }

    /// Reads on, or not: a socket that is not read makes its peer wait.
    package func read(_ wanted: Bool) {}

    /// Tells the owner that it is over.
    final func tellEnd() {
        let former = stage
        stage = .closed
        isWritable = false
        switch former {
        case .handshaking: owner.failed(self, failure ?? "closed before the handshake was done")
        case .open: owner.ended(self, failure.map(SocketEnd.failed) ?? .peerClosed)
        case .closing: owner.ended(self, .asked)
        case .closed: break
        }
    }
}
