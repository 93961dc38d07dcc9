import Glibc
import NIOCore
import NIOSSL

/// Turns what NIO and TLS say into one sentence for the log and for Denied; it holds nothing the peer wrote.
enum SocketFailure {
    static func sentence(for error: any Error) -> String {
        switch error {
        case let error as IOError: reason(of: error)
        case let error as NIOSSLError: sentence(for: error)
        case let error as BoringSSLError: tls(error)
        default: "the connection failed"
        }
    }

    private static func sentence(for error: NIOSSLError) -> String {
        switch error {
        case .handshakeFailed(let cause): tls(cause)
        case .uncleanShutdown: "the peer closed the connection"
        case .unableToValidateCertificate: "its certificate was refused"
        default: "TLS failed"
        }
    }

    private static func tls(_ error: BoringSSLError) -> String {
        let text = String(describing: error)
        for (sign, sentence) in signs where text.contains(sign) { return sentence }
        return "TLS handshake failed"
    }

    /// OpenSSL's names of what goes wrong in practice.
    private static let signs = [
        ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "it showed no certificate"),
        ("CERTIFICATE_VERIFY_FAILED", "its certificate is not from this installation's authority"),
        ("TLSV1_ALERT_UNKNOWN_CA", "it does not trust this broker's certificate"),
        ("SSLV3_ALERT_BAD_CERTIFICATE", "it does not trust this broker's certificate"),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "it holds this broker's certificate for expired"),
        ("HTTP_REQUEST", "it speaks HTTP, not TLS"),
        ("WRONG_VERSION_NUMBER", "it does not speak TLS"),
        ("UNSUPPORTED_PROTOCOL", "it speaks a TLS older than 1.2"),
        ("NO_SHARED_CIPHER", "it shares no cipher with this broker"),
        ("BAD_PACKET_LENGTH", "it does not speak TLS"),
    ]

    private static func reason(of error: IOError) -> String {
        switch error.errnoCode {
        case ECONNRESET: "reset by the peer"
        case EPIPE: "the peer closed the connection"
        case ETIMEDOUT: "the peer did not answer for too long"
        case ECONNREFUSED: "nobody listens there"
        default: String(cString: strerror(error.errnoCode))
        }
    }
}
