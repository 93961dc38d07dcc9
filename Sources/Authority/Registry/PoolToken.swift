import BrokerCore
import FoundationEssentials

/// What a pool's owner gets for a signing request: where the broker is, whom to trust, and the certificate.
package struct PoolToken: Codable, Equatable, Sendable {
    package struct Broker: Codable, Equatable, Sendable {
        /// `tls://host:port`.
        package var endpoint: String
        /// PEM of the authority that signed the broker's certificate.
        package var ca: String
    }

    package var broker: Broker
    /// The pool's ULID.
    package var pool: String
    /// PEM.
    package var certificate: String

    package init(endpoint: Endpoint, ca: String, pool: ULID, certificate: String) {
        broker = Broker(endpoint: endpoint.description, ca: ca)
        self.pool = pool.description
        self.certificate = certificate
    }

    package init(base64 text: String) throws(AuthorityError) {
        guard let data = Data(base64Encoded: text.filter { !$0.isWhitespace }),
            let token = try? JSONDecoder().decode(PoolToken.self, from: data)
        else { throw AuthorityError("this is not a pool's token") }
        self = token
    }

    /// Base64 of a JSON object: how a token travels.
    package func base64() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self).base64EncodedString()
    }
}
