/// Why a client's wish did not come true.
package enum ClientError: Error, Equatable, Sendable {
    /// The broker could not be reached; the sentence is the operating system's or TLS's.
    case unreachable(String)
    /// No CONNACK came in time.
    case timedOut
    /// CONNACK refused us, with this reason code (MQTT 5) or return code (3.1.1).
    case refused(UInt8, reason: String?)
    /// The connection ended before an answer came.
    case closed(ClientEnd)
    /// Asked of a client that is not connected.
    case notConnected
    /// What the caller gave does not fit into a packet.
    case invalid(String)
}

/// How a client's connection came to its end.
package enum ClientEnd: Equatable, Sendable {
    /// `disconnect` or `abort` was called.
    case asked
    /// The broker sent DISCONNECT with this reason code. [MQTT 5]
    case told(UInt8, reason: String?)
    /// The broker closed the socket without a word.
    case peerClosed
    /// Reset, timed out, TLS failed; the sentence says which.
    case failed(String)
    /// The broker sent what is not MQTT.
    case malformed(String)
    /// PINGRESP did not come.
    case silent
}

extension ClientError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let why): why
        case .timedOut: "the broker did not answer in time"
        case .refused(let code, let reason):
            "the broker refused the connection (0x\(hex(code)))" + (reason.map { ": \($0)" } ?? "")
        case .closed(let end): "the connection ended: \(end)"
        case .notConnected: "not connected"
        case .invalid(let what): what
        }
    }
}

extension ClientEnd: CustomStringConvertible {
    package var description: String {
        switch self {
        case .asked: "closed by this side"
        case .told(let code, let reason): "the broker said 0x\(hex(code))" + (reason.map { ": \($0)" } ?? "")
        case .peerClosed: "the broker closed it"
        case .failed(let why): why
        case .malformed(let what): "the broker sent nonsense: \(what)"
        case .silent: "the broker stopped answering"
        }
    }
}

extension ClientError {
    /// Why CONNACK never came.
    static func notAccepted(_ end: ClientEnd) -> ClientError {
        switch end {
        case .failed(let why): .unreachable(why)
        case .asked, .told, .peerClosed, .malformed, .silent: .closed(end)
        }
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(256), as: UTF8.self) }
}

extension ClientExchange.Pending {
    func fail(_ error: ClientError) {
        switch self {
        case .publish(_, let done), .release(_, let done): done?(.failure(error))
        case .subscribe(let done), .unsubscribe(_, let done): done?(.failure(error))
        }
    }
}

extension Array {
    /// All elements, leaving none.
    mutating func taken() -> [Element] {
        defer { removeAll() }
        return self
    }
}

private func hex(_ code: UInt8) -> String {
    (code < 16 ? "0" : "") + String(code, radix: 16, uppercase: true)
}
