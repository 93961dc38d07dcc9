import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// A key that signs certificates, and the certificate that is trusted for it.
package struct CertificateAuthority: Sendable {
    /// Who a certificate is for, and so what it may be used for.
    package enum Subject: Equatable, Sendable {
        /// Whoever connects to the broker, under this name.
        case client(String)
        /// The broker, reached under this host name or address.
        case server(host: String)
    }

    package let certificatePEM: String
    let privateKeyPEM: String
    /// Milliseconds since 1970.
    package var expiresAt: Int64 { Int64(certificate.notValidAfter.timeIntervalSince1970) * 1_000 }
    let certificate: Certificate
    private let key: Certificate.PrivateKey

    /// A new authority, good for twenty years: replacing it means a new token for every pool.
    static func make(named name: String, at now: Int64) throws -> CertificateAuthority {
        let key = P256.Signing.PrivateKey()
        let subject = try DistinguishedName { CommonName(name) }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: date(now) - 3_600,
            notValidAfter: date(now) + 20 * 365 * 86_400, issuer: subject, subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: .init(key.publicKey))
            },
            issuerPrivateKey: .init(key))
        return try CertificateAuthority(
            certificatePEM: certificate.serializeAsPEM().pemString + "\n", privateKeyPEM: key.pemRepresentation + "\n")
    }

    /// Throws unless both are PEM and belong together.
    init(certificatePEM: String, privateKeyPEM: String) throws {
        certificate = try Certificate(pemEncoded: certificatePEM)
        key = try Certificate.PrivateKey(pemEncoded: privateKeyPEM)
        guard key.publicKey == certificate.publicKey else {
            throw AuthorityError("the key does not belong to the certificate")
        }
        guard let constraints = try certificate.extensions.basicConstraints, case .isCertificateAuthority = constraints
        else {
            throw AuthorityError("the certificate is not an authority's")
        }
        self.certificatePEM = certificatePEM
        self.privateKeyPEM = privateKeyPEM
    }

    /// Signs `publicKey` for `subject`, from an hour ago, so that a clock behind ours agrees, to `days` from now.
    package func issue(
        _ subject: Subject, for request: SigningRequest, days: Int, at now: Int64
    ) throws -> IssuedCertificate {
        try IssuedCertificate(
            Certificate(
                version: .v3, serialNumber: .init(), publicKey: request.publicKey,
                notValidBefore: CertificateAuthority.date(now) - 3_600,
                notValidAfter: min(
                    CertificateAuthority.date(now) + Double(days) * 86_400, certificate.notValidAfter),
                issuer: certificate.subject, subject: name(of: subject), signatureAlgorithm: .ecdsaWithSHA256,
                extensions: extensions(for: subject, request.publicKey), issuerPrivateKey: key))
    }

    private func name(of subject: Subject) throws -> DistinguishedName {
        switch subject {
        case .client(let name): try DistinguishedName { CommonName(name) }
        // A common name holds at most 64 characters, and clients look at the alternative names only.
        case .server: try DistinguishedName { CommonName("signalbox broker") }
        }
    }

    /// A pool's certificate is never good for a server: no pool can pass for the broker.
    private func extensions(
        for subject: Subject, _ publicKey: Certificate.PublicKey
    ) throws -> Certificate.Extensions {
        let identifier = SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier
        switch subject {
        case .client:
            return try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.clientAuth])
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(keyIdentifier: identifier)
            }
        case .server(let host):
            return try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(keyIdentifier: identifier)
                SubjectAlternativeNames(CertificateAuthority.names(of: host))
            }
        }
    }

    /// The host workers use, and this machine's own names for the operator beside the broker.
    private static func names(of host: String) -> [GeneralName] {
        var hosts = [host]
        for local in ["localhost", "127.0.0.1", "::1"] where local != host { hosts.append(local) }
        return hosts.map { host in
            if let address = IPAddress(host) { return .ipAddress(ASN1OctetString(contentBytes: address.bytes[...])) }
            return .dnsName(host)
        }
    }

    private static func date(_ milliseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(milliseconds / 1_000))
    }
}
