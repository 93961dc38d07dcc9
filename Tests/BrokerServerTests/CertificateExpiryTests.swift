import Testing

@testable import BrokerServer

/// [SD-4]
@Suite struct CertificateExpiryTests {
    private let day: Int64 = 86_400_000

    @Test func warnsOnceAtEachMark() {
        var expiry = CertificateExpiry()
        let pool = CertificateExpiry.Certificate(name: "pool eu", expiresAt: 100 * day)
        var said: [String] = []
        for quarter in 0..<(102 * 4) {
            said += expiry.warnings([pool], at: Int64(quarter) * day / 4)
        }
        #expect(
            said == [
                "the certificate of pool eu expires in 30 days", "the certificate of pool eu expires in 7 days",
                "the certificate of pool eu expires within a day", "the certificate of pool eu has expired",
            ])
    }

    @Test func saysTheWorstAtOnceAfterARestart() {
        var expiry = CertificateExpiry()
        let broker = CertificateExpiry.Certificate(name: "the broker", expiresAt: 3 * day)
        #expect(expiry.warnings([broker], at: 0) == ["the certificate of the broker expires in 3 days"])
        #expect(expiry.warnings([broker], at: 0) == [])
    }

    @Test func aNewCertificateBeginsAnew() {
        var expiry = CertificateExpiry()
        #expect(expiry.warnings([.init(name: "a", expiresAt: day)], at: 0).count == 1)
        #expect(expiry.warnings([.init(name: "a", expiresAt: 400 * day)], at: 0) == [])
        #expect(expiry.warnings([.init(name: "a", expiresAt: 400 * day)], at: 399 * day).count == 1)
    }
}
