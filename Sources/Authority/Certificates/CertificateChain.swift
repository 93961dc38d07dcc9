import SwiftASN1
import X509

/// A server's certificate, and those that lead from it towards an authority.
struct CertificateChain {
    let leaf: Certificate
    private let others: [Certificate]

    /// Parses PEM, leaf first.
    init(pem: String) throws {
        let certificates = try PEMDocument.parseMultiple(pemString: pem).map { try Certificate(pemDocument: $0) }
        guard let leaf = certificates.first else { throw AuthorityError("there is no certificate") }
        self.leaf = leaf
        others = Array(certificates.dropFirst())
    }

    /// Whether clients that connect to `host` find it among the names: the subject's own counts for nobody.
    func isFor(_ host: String) -> Bool {
        guard let names = try? leaf.extensions.subjectAlternativeNames else { return false }
        let address = IPAddress(host)
        return names.contains { name in
            switch name {
            case .dnsName(let name): address == nil && CertificateChain.covers(name.lowercased(), host.lowercased())
            case .ipAddress(let octets): address.map { $0.bytes.elementsEqual(octets.bytes) } ?? false
            default: false
            }
        }
    }

    /// Whether those who trust `authority` alone come to trust the leaf.
    func leads(to authority: CertificateAuthority) -> Bool {
        var current = leaf
        var rest = others
        while !CertificateChain.hasSigned(authority.certificate, current) {
            guard let next = rest.firstIndex(where: { CertificateChain.hasSigned($0, current) }) else { return false }
            current = rest.remove(at: next)
        }
        return true
    }

    /// A star stands for the first label, as a whole.
    private static func covers(_ name: String, _ host: String) -> Bool {
        guard name.hasPrefix("*.") else { return name == host }
        return host.firstIndex(of: ".").map { host[$0...] == name.dropFirst() } ?? false
    }

    private static func hasSigned(_ issuer: Certificate, _ certificate: Certificate) -> Bool {
        issuer.subject == certificate.issuer
            && issuer.publicKey.isValidSignature(certificate.signature, for: certificate)
    }
}
