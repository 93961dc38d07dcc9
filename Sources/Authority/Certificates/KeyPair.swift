import Crypto
import SwiftASN1
import X509

/// A private key of our own making (P-256), and the request to have its public half signed.
package struct KeyPair: Sendable {
    /// PKCS #8 PEM: a secret.
    package let privateKeyPEM: String
    package let request: SigningRequest

    package init() throws {
        let key = P256.Signing.PrivateKey()
        let request = try CertificateSigningRequest(
            version: .v1, subject: DistinguishedName { CommonName("signalbox") }, privateKey: .init(key),
            attributes: .init())
        privateKeyPEM = key.pemRepresentation + "\n"
        self.request = try SigningRequest(pem: request.serializeAsPEM().pemString)
    }
}
