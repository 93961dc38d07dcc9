import Authority
import BrokerCore
import MQTTTransport

/// The fleet's papers: every pool of the cast gets its certificate, and so does the platform.
///
/// They are made by the same hands that serve people, so that the demo's broker treats the fleet like anybody.
package struct Enlistment: Sendable {
    package struct Papers: Sendable {
        package var certificatePEM: String
        /// A secret.
        package var privateKeyPEM: String
    }

    package let authorityPEM: String
    package let backend: Papers
    package let pools: [ULID: Papers]

    /// Enters the cast in the registry of `registrar`.
    package init(_ cast: Cast, by registrar: Registrar, endpoint: Endpoint) throws {
        authorityPEM = registrar.authority.workers.certificatePEM
        let key = try KeyPair()
        let issued = try registrar.issueCredential(named: "platform", role: .backend, for: key.request)
        backend = Papers(certificatePEM: issued.certificate.pem, privateKeyPEM: key.privateKeyPEM)
        var pools: [ULID: Papers] = [:]
        for pool in cast.pools {
            let key = try KeyPair()
            let issued = try registrar.addPool(named: pool.name, id: pool.id, for: key.request, endpoint: endpoint)
            pools[pool.id] = Papers(certificatePEM: issued.certificate.pem, privateKeyPEM: key.privateKeyPEM)
        }
        self.pools = pools
    }

    /// Where each of them connects.
    package func targets(host: String, port: Int) throws -> Fleet.Targets {
        func target(_ papers: Papers) throws -> ClientTarget {
            .tls(
                host: host, port: port,
                try ClientTLS(
                    certificate: Array(papers.certificatePEM.utf8), key: Array(papers.privateKeyPEM.utf8),
                    trust: Array(authorityPEM.utf8), serverName: "localhost"))
        }
        return Fleet.Targets(backend: try target(backend), pools: try pools.mapValues(target))
    }

    /// Writes them into `directory` for other people's clients: `ca.pem`, `platform.pem` and `.key`, and for every
    /// pool a file of each kind under its name.
    package func write(into directory: DataDirectory, _ cast: Cast) throws {
        func put(_ name: String, _ papers: Papers) throws {
            try File.write(Array(papers.certificatePEM.utf8), to: directory.path(of: name + ".pem"))
            try File.write(Array(papers.privateKeyPEM.utf8), to: directory.path(of: name + ".key"))
        }
        try File.write(Array(authorityPEM.utf8), to: directory.path(of: "ca.pem"))
        try put("platform", backend)
        for pool in cast.pools {
            if let papers = pools[pool.id] { try put(pool.name, papers) }
        }
    }
}
