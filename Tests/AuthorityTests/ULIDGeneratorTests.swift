import BrokerCore
import TestSupport
import Testing

@testable import Authority

@Suite struct ULIDGeneratorTests {
    @Test func carriesTheTimeInItsFirstBits() {
        var generator = ULIDGenerator()
        var random = SeededRandom(seed: 1)
        let ulid = generator.next(at: 1_763_812_800_123, using: &random)
        #expect(ulid.milliseconds == 1_763_812_800_123)
        #expect(ULID(ulid.description) == ulid)
    }

    @Test func growsWithinOneMillisecondAndWhenTheClockGoesBack() {
        var generator = ULIDGenerator()
        var random = SeededRandom(seed: 2)
        var last = generator.next(at: 1_000, using: &random)
        for time in [1_000, 1_000, 999, 5, 1_000, 1_001, -7, 1_001] as [Int64] {
            let next = generator.next(at: time, using: &random)
            #expect(next > last)
            last = next
        }
    }

    @Test func carriesFromTheLowHalfIntoTheHighOne() {
        struct Ones: RandomNumberGenerator {
            func next() -> UInt64 { .max }
        }
        var generator = ULIDGenerator()
        var random = Ones()
        let first = generator.next(at: 1, using: &random)
        let second = generator.next(at: 1, using: &random)
        #expect(first.low == .max)
        #expect(second == ULID(high: first.high + 1, low: 0))
    }
}
