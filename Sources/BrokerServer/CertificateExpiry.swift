import AdminProtocol

/// Says early, and once each time, that a certificate comes to its end: 30, 7 and 1 days before, and when it has. [SD-4]
struct CertificateExpiry {
    struct Certificate: Equatable {
        /// Whose it is, as a sentence calls it.
        var name: String
        var expiresAt: Timestamp
    }

    private static let day: Int64 = 86_400_000
    private static let marks: [Int64] = [0, 1, 7, 30]

    /// The last mark each was told of.
    private var told: [String: Int64] = [:]

    /// What has to be said now.
    mutating func warnings(_ certificates: [Certificate], at now: Timestamp) -> [String] {
        var sentences: [String] = []
        var marks: [String: Int64] = [:]
        for certificate in certificates {
            let rest = certificate.expiresAt - now
            guard let mark = CertificateExpiry.marks.first(where: { rest <= $0 * CertificateExpiry.day }) else {
                continue
            }
            marks[certificate.name] = mark
            guard told[certificate.name] != mark else { continue }
            sentences.append("the certificate of \(certificate.name) \(CertificateExpiry.words(rest))")
        }
        told = marks
        return sentences
    }

    private static func words(_ rest: Int64) -> String {
        if rest <= 0 { return "has expired" }
        let days = (rest + day - 1) / day
        return days == 1 ? "expires within a day" : "expires in \(days) days"
    }
}
