import NIOSSL
import Synchronization

/// The TLS of a listener: another may take its place while connections come and go.
///
/// Connections keep what they were made with. Sessions of the old one are not resumed with the new one: its tickets are
/// sealed with keys of its own. [T-37]
package final class TLSInForce: Sendable {
    private let state: Mutex<ServerTLS>

    package init(_ tls: ServerTLS) {
        state = Mutex(tls)
    }

    package var current: ServerTLS {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

/// The broker's side of TLS: its certificate, and the authority whose clients are let in.
///
/// Whoever shows no certificate of that authority never gets to speak MQTT; who it is, the owner decides from the
/// certificate's bytes. TLS 1.2 at least. [SD-4]
package struct ServerTLS: Sendable {
    let context: NIOSSLContext

    /// All in PEM; `certificate` may be a chain, leaf first.
    package init(certificate: [UInt8], key: [UInt8], clients: [UInt8]) throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        // A client's certificate names a pool or a person, not a host.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(clients))
        context = try NIOSSLContext(configuration: configuration)
    }
}
