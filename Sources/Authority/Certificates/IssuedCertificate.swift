import FoundationEssentials
import SwiftASN1
import X509

/// A certificate with what is asked of it again and again.
package struct IssuedCertificate: Equatable, Sendable {
    package let pem: String
    package let fingerprint: String
    /// Milliseconds since 1970.
    package let expiresAt: Int64

    init(_ certificate: Certificate) throws {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        pem = try certificate.serializeAsPEM().pemString + "\n"
        fingerprint = Fingerprint.of(serializer.serializedBytes)
        expiresAt = Int64(certificate.notValidAfter.timeIntervalSince1970) * 1_000
    }
}
