import AdminProtocol

/// Something a person may want to know: one value is an event row, a counter and what the states are derived from.
package enum Notice {
    /// `record.connection` is set.
    case connected(ClientRecord, resumed: Bool)
    /// The connection has ended; `record.connection` is still set, the observatory clears it.
    case gone(ClientRecord, reason: GoneReason, detail: String, willSent: Bool)
    /// A second connection took the session over; comes before the old one's `.gone` and the new one's `.connected`.
    case takenOver(ClientRecord, from: String, to: String)
    /// Three takeovers of one id in ten seconds: two workers, one id. [T-23]
    case fought(ClientRecord, detail: String)
    case denied(Denial)
    /// Messages given up, such as from a full queue.
    case dropped(ClientRecord?, count: Int64, reason: String)
    /// Its output has waited for long. [T-78]
    case congested(ClientRecord, detail: String)
    case subscribed(ClientRecord, filter: [UInt8], qos: UInt8)
    case unsubscribed(ClientRecord, filter: [UInt8])
    /// The durable queue's trouble, or nil when it is over.
    case queue(trouble: String?)
    /// Something is wrong with the durable queue although it commits.
    case queueWarned(String)
    /// Messages went to the dead letters.
    case buried(count: Int64)
    case broker(reason: String, detail: String)
}

/// Why a connection ended: short, countable and the same words everywhere.
package enum GoneReason: String, Sendable, CaseIterable {
    case clientClosed = "client closed"
    case clientClosedWithWill = "client closed, will wanted"
    case socketClosed = "socket closed"
    case socketFailed = "socket failed"
    case keepAlive = "keep alive timeout"
    case takenOver = "session taken over"
    case malformed = "malformed packet"
    case protocolError = "protocol error"
    case quotaExceeded = "quota exceeded"
    case packetTooLarge = "packet too large"
    case notAuthorized = "not authorized"
    case slowConsumer = "too slow"
    case memory = "memory full"
    case kicked = "kicked"
    case revoked = "credential revoked"
    case queueTrouble = "queue unavailable"
    case stopping = "broker stops"
    case other = "other"

    /// Whether the client brought it about itself, by what it sent. [T-22]
    var isOwnFault: Bool {
        switch self {
        case .malformed, .protocolError, .quotaExceeded, .packetTooLarge, .notAuthorized: true
        case .clientClosed, .clientClosedWithWill, .socketClosed, .socketFailed, .keepAlive, .takenOver, .slowConsumer,
            .memory, .kicked, .revoked, .queueTrouble, .stopping, .other:
            false
        }
    }
}
