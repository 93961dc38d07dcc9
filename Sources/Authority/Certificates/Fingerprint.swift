import Crypto

/// The identity of a certificate: SHA-256 of its DER bytes, in lower-case hex.
///
/// Names in a certificate are for people; two certificates may carry the same ones. [T-41]
package enum Fingerprint {
    package static func of(_ der: some Sequence<UInt8>) -> String {
        var text = ""
        text.reserveCapacity(64)
        for byte in SHA256.hash(data: Array(der)) {
            let digits = String(byte, radix: 16)
            if digits.utf8.count == 1 { text += "0" }
            text += digits
        }
        return text
    }

    package static func isWellFormed(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}
