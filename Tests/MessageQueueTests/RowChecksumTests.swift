import TestSupport
import Testing

@testable import MessageQueue

@Suite struct RowChecksumTests {
    private func sum(_ body: [UInt8], _ time: Int64, _ key: [UInt8]) -> Int64 {
        body.withUnsafeBytes { body in
            key.withUnsafeBytes { RowChecksum(body: body, enqueuedAt: time, key: $0).value }
        }
    }

    /// [T-59]
    @Test func anyFlippedBitChangesIt() {
        var random = SeededRandom(seed: 5)
        for count in 0...40 {
            var body = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            var key = (0..<(count % 11)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let whole = sum(body, 1_000, key)
            for bit in 0..<64 { #expect(sum(body, 1_000 ^ (1 << bit), key) != whole) }
            for place in body.indices {
                for bit in 0..<8 as Range<UInt8> {
                    body[place] ^= 1 << bit
                    #expect(sum(body, 1_000, key) != whole)
                    body[place] ^= 1 << bit
                }
            }
            for place in key.indices {
                for bit in 0..<8 as Range<UInt8> {
                    key[place] ^= 1 << bit
                    #expect(sum(body, 1_000, key) != whole)
                    key[place] ^= 1 << bit
                }
            }
        }
    }

    @Test func knowsWhereOneTextEnds() {
        #expect(sum([1, 2], 0, [3]) != sum([1], 0, [2, 3]))
        #expect(sum([1, 0], 0, []) != sum([1], 0, []))
        #expect(sum([], 0, [0]) != sum([], 0, []))
    }

    /// What is stored has to be read by later versions.
    @Test func staysAsItIs() {
        #expect(sum(Array("e30=".utf8), 1_000, Array("1/0000000001".utf8)) == 8_880_510_306_286_670_911)
    }
}
