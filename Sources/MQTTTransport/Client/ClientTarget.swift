import NIOCore
import NIOSSL

/// Where a broker is, and how to speak to it.
package enum ClientTarget: Sendable {
    case tcp(host: String, port: Int)
    case tls(host: String, port: Int, ClientTLS)
    case unix(path: String)
}

/// A client's certificate and the authority it trusts; made once, used by any number of clients.
package struct ClientTLS: Sendable {
    let context: NIOSSLContext
    /// The name the broker's certificate must carry; nil to take the host's.
    let serverName: String?

    /// All in PEM. `certificate` may be a chain, leaf first; without it the client shows none.
    package init(
        certificate: [UInt8]?, key: [UInt8]?, trust: [UInt8], serverName: String? = nil
    ) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(trust))
        if let certificate, let key {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(certificate).map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
        }
        context = try NIOSSLContext(configuration: configuration)
        self.serverName = serverName
    }

    /// What the certificate must be for: a name; nil where the host is an address, which TLS then compares itself.
    func name(for host: String) -> String? {
        if let serverName { return serverName }
        return (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
    }
}
