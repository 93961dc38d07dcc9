import FoundationEssentials
import SwiftASN1
import X509

/// What the broker shows to those who connect: its certificate and the key to it.
package struct ServerIdentity: Equatable, Sendable {
    package let certificatePEM: String
    /// A secret.
    package let privateKeyPEM: String
    package let expiresAt: Int64
    package let host: String

    /// Good for a bit over two years; made again at a start with less than three months left.
    static let days = 825
    static let renewalDays = 90

    static func make(signedBy authority: CertificateAuthority, host: String, at now: Int64) throws -> ServerIdentity {
        let pair = try KeyPair()
        let issued = try authority.issue(.server(host: host), for: pair.request, days: days, at: now)
        return ServerIdentity(
            certificatePEM: issued.pem, privateKeyPEM: pair.privateKeyPEM, expiresAt: issued.expiresAt, host: host)
    }

    /// What the operator provides; refused unless it can serve now, and whoever trusts `authority` can trust it. [T-36]
    ///
    /// An authority that is yet to be made has signed nothing.
    init(reading pair: AuthorityFiles.Pair, host: String, of authority: CertificateAuthority?, at now: Int64) throws {
        let key = String(decoding: try File.read(pair.key, atMost: 65_536, secret: true), as: UTF8.self)
        let pem = String(decoding: try File.read(pair.certificate, atMost: 1 << 20), as: UTF8.self)
        let chain: CertificateChain
        do {
            chain = try CertificateChain(pem: pem)
            guard try Certificate.PrivateKey(pemEncoded: key).publicKey == chain.leaf.publicKey else {
                throw AuthorityError("the key does not belong to the certificate")
            }
        } catch {
            throw AuthorityError("\(pair.key) and \(pair.certificate) are not a key and its certificate")
        }
        let expiresAt = Int64(chain.leaf.notValidAfter.timeIntervalSince1970) * 1_000
        guard expiresAt > now else { throw AuthorityError("the certificate in \(pair.certificate) has expired") }
        guard Int64(chain.leaf.notValidBefore.timeIntervalSince1970) * 1_000 <= now else {
            throw AuthorityError("the certificate in \(pair.certificate) is not valid yet")
        }
        guard chain.isFor(host) else {
            throw AuthorityError(
                "the certificate in \(pair.certificate) is not for \(host), where workers connect: take one with that"
                    + " name among its alternative names")
        }
        guard let authority, chain.leads(to: authority) else {
            throw AuthorityError(
                "the certificate in \(pair.certificate) is not signed by the workers' authority, which is all that the"
                    + " tokens of pools tell workers to trust: have it signed by that, or name the authority that"
                    + " signed it in SIGNALBOX_CA_FILE")
        }
        self.init(certificatePEM: pem, privateKeyPEM: key, expiresAt: expiresAt, host: host)
    }

    init(certificatePEM: String, privateKeyPEM: String, expiresAt: Int64, host: String) {
        self.certificatePEM = certificatePEM
        self.privateKeyPEM = privateKeyPEM
        self.expiresAt = expiresAt
        self.host = host
    }

    /// One file for all of it, so that no crash leaves a certificate with another's key.
    var document: Document {
        Document(host: host, expiresAt: expiresAt, certificate: certificatePEM, privateKey: privateKeyPEM)
    }

    /// Whether it still serves: for the same host, of the same authority, and not near its end.
    func isGood(for host: String, of authority: CertificateAuthority, at now: Int64) -> Bool {
        guard self.host == host, expiresAt - now > Int64(ServerIdentity.renewalDays) * 86_400_000,
            let certificate = try? Certificate(pemEncoded: certificatePEM),
            let issuer = try? Certificate(pemEncoded: authority.certificatePEM)
        else { return false }
        return issuer.publicKey.isValidSignature(certificate.signature, for: certificate)
    }

    struct Document: Codable {
        var host: String
        var expiresAt: Int64
        var certificate: String
        var privateKey: String

        var identity: ServerIdentity {
            ServerIdentity(
                certificatePEM: certificate, privateKeyPEM: privateKey, expiresAt: expiresAt, host: host)
        }
    }
}
