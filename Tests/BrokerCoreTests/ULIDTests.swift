import BrokerCore
import TestSupport
import Testing

/// One name has one spelling: what only looks like a worker's id is another, and nobody's. [T-46]
struct ULIDTests {
    private static let canonical = "01K9KTVTCS8W6YB2N4R0TVK0ZZ"

    @Test func readsTheCanonicalForm() throws {
        let id = try #require(ULID(Self.canonical))
        #expect(id.description == Self.canonical)
        #expect(ULID("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")?.low == .max)
        #expect(ULID("00000000000000000000000000") == ULID(high: 0, low: 0))
    }

    @Test(arguments: [
        canonical.lowercased(), "01k9KTVTCS8W6YB2N4R0TVK0ZZ", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "Z1K9KTVTCS8W6YB2N4R0TVK0ZZ",
        "OIK9KTVTCS8W6YB2N4R0TVK0ZZ", "0IK9KTVTCS8W6YB2N4R0TVK0ZZ", "0LK9KTVTCS8W6YB2N4R0TVK0ZZ",
        "01K9KTVTCS8W6YB2N4ROTVK0ZZ", "01K9KTVTCS8W6YB2N4RUTVK0ZZ", "01K9KTVTCS8W6YB2N4R0TVK0Z",
        "01K9KTVTCS8W6YB2N4R0TVK0ZZZ", "", "01K9KTVTCS8W6YB2N4R0TVK0Z#", "01K9KTVTCS8W6YB2N4R0TVK0Z+",
        "01K9KTVTCS8W6YB2N4R0TVK0Z/", "01K9-KTVT-CS8W6YB2N4R0TVK0", " 1K9KTVTCS8W6YB2N4R0TVK0ZZ",
        "01K9KTVTCS8W6YB2N4R0TVK0Z\u{0}", "０1K9KTVTCS8W6YB2N4R0TVK0",
    ])
    func refusesEveryOtherSpelling(text: String) {
        #expect(ULID(text) == nil)
    }

    @Test func isWrittenAsItIsRead() {
        var random = SeededRandom(seed: 46)
        for _ in 0..<2_000 {
            let id = ULID(
                high: .random(in: .min ... .max, using: &random), low: .random(in: .min ... .max, using: &random))
            #expect(ULID(id.description) == id)
        }
    }

    @Test func allowsNoByteButItsDigits() {
        let digits = Set("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
        for byte in UInt8.min...UInt8.max {
            var bytes = Array(Self.canonical.utf8)
            bytes[25] = byte
            #expect((ULID(bytes) != nil) == digits.contains(byte), "\(byte)")
        }
    }
}
