import AdminProtocol

/// What the transport knows of a connection when it hands it to the broker.
package struct Peer: Equatable, Sendable {
    package enum Listener: String, Equatable, Sendable {
        case workers
        case adminSocket
        case adminTLS
        case open
    }

    package var listener: Listener
    package var principal: Principal
    /// `10.4.1.9:51822`, or `unix` for the admin socket.
    package var address: String
    /// `TLS 1.3`; nil on a plain connection.
    package var tls: String?
    /// SHA-256 of the certificate in hex; nil without one.
    package var fingerprint: String?
    package var certificateExpiresAt: Timestamp?
    /// Where it comes from; nil for a socket of this machine.
    package var source: Source?
    /// When the socket was accepted: the one deadline of 5 s counts from here. [T-02]
    package var acceptedAt: Moment

    package init(
        listener: Listener, principal: Principal, address: String, tls: String? = nil, fingerprint: String? = nil,
        certificateExpiresAt: Timestamp? = nil, source: Source? = nil, acceptedAt: Moment
    ) {
        self.listener = listener
        self.principal = principal
        self.address = address
        self.tls = tls
        self.fingerprint = fingerprint
        self.certificateExpiresAt = certificateExpiresAt
        self.source = source
        self.acceptedAt = acceptedAt
    }
}

/// How a connection's socket came to its end, as the transport saw it.
package enum ConnectionEnd: Equatable, Sendable {
    /// The peer closed its side.
    case peerClosed
    /// Reset, timed out or failed; the sentence is for the events.
    case failed(String)
    /// The broker had asked for it.
    case asked
}
