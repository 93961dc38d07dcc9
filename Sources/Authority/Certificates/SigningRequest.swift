import SwiftASN1
import X509

/// A certificate signing request whose sender has proved to own the private key.
///
/// Nothing else of it counts: subject and extensions of the certificate are ours.
package struct SigningRequest: Sendable {
    /// No request of a sane key comes near it; RSA 4096 takes 2 KiB.
    package static let largest = 65_536

    package let pem: String
    let publicKey: Certificate.PublicKey

    /// Parses PEM as `openssl req -new` writes it, and checks the proof of possession.
    package init(pem: String) throws(AuthorityError) {
        guard pem.utf8.count <= SigningRequest.largest else {
            throw AuthorityError("the signing request is larger than \(SigningRequest.largest) bytes")
        }
        let request: CertificateSigningRequest
        do {
            request = try CertificateSigningRequest(pemEncoded: pem)
        } catch {
            throw AuthorityError(
                "the signing request is not one that openssl req -new makes"
                    + " (PEM, \"CERTIFICATE REQUEST\", RSA of at least 2048 bits or P-256, P-384, P-521, Ed25519)")
        }
        guard request.publicKey.isValidSignature(request.signature, for: request) else {
            throw AuthorityError("the signing request is not signed with the key it is for")
        }
        self.pem = pem
        publicKey = request.publicKey
    }
}
