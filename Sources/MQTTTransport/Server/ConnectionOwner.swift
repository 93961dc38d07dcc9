import NIOCore

/// Who decides about connections: told what happens on them, always on their event loop.
///
/// For each socket: `arrived`; once the owner has let it in, then either `opened`, any number of `received` and `ended`,
/// or `failed` alone.
package protocol ConnectionOwner: AnyObject {
    /// A socket was accepted. The owner lets it in or closes it, now or later.
    func arrived(_ newcomer: Newcomer)
    /// Nothing more stands between the peer and the broker: TLS, if any, is done.
    func opened(_ connection: ServerConnection, by peer: PeerFacts)
    /// Bytes arrived, in any portions; the span is good during the call only.
    func received(_ bytes: RawSpan, from connection: ServerConnection)
    /// All that the socket had for now has been told: the time to answer has come.
    func caughtUp()
    /// The socket takes bytes again after it had not.
    func becameWritable(_ connection: ServerConnection)
    /// A connection that was opened is over.
    func ended(_ connection: ServerConnection, _ end: SocketEnd)
    /// A connection that was never opened is over: TLS failed, or the deadline passed.
    func failed(_ connection: ServerConnection, _ reason: String)
}

extension ConnectionOwner {
    /// Everybody is let in, by an owner that does not ask.
    package func arrived(_ newcomer: Newcomer) { newcomer.enter(from: nil) }
}

/// What a socket proves about who is at its other end.
package struct PeerFacts: Equatable, Sendable {
    /// `10.4.1.9:51822`, `[::1]:51822`, or `unix`.
    package var address: String
    /// `TLS 1.3`; nil on a plain connection.
    package var tls: String?
    /// The client's certificate in DER; nil without one.
    package var certificate: [UInt8]?
    /// The user at the other end of a unix socket.
    package var user: UInt32?

    package init(address: String, tls: String? = nil, certificate: [UInt8]? = nil, user: UInt32? = nil) {
        self.address = address
        self.tls = tls
        self.certificate = certificate
        self.user = user
    }
}

/// How an opened connection came to its end.
package enum SocketEnd: Equatable, Sendable {
    /// The peer closed its side.
    case peerClosed
    /// Reset, timed out, or TLS broke; the sentence says which.
    case failed(String)
    /// `close` was called.
    case asked
}
