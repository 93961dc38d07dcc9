import Authority
import BrokerCore
import NIOSSL

/// The pools of a run: entered in the registry by the hands that serve people, with the certificates they get from it.
struct Papers: Sendable {
    struct Pool: Sendable {
        var id: String
        var context: NIOSSLContext
    }

    let pools: [Pool]

    /// Makes the authority in `data` before the broker's first start.
    init(data: String, port: Int) throws {
        let authority = try Authority(in: DataDirectory(data))
        let registrar = Registrar(authority)
        let endpoint = Endpoint(host: "localhost", port: port)
        pools = try (1...2).map { number in
            let key = try KeyPair()
            let issued = try registrar.addPool(named: "ledger-\(number)", for: key.request, endpoint: endpoint)
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array(authority.workers.certificatePEM.utf8)))
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(issued.certificate.pem.utf8))
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(key.privateKeyPEM.utf8), format: .pem))
            return Pool(id: issued.pool.id.description, context: try NIOSSLContext(configuration: configuration))
        }
    }
}
