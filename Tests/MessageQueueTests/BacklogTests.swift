import TestSupport
import Testing

@testable import MessageQueue

@Suite struct BacklogTests {
    @Test func givesWhatCameInItsOrder() {
        var random = SeededRandom(seed: 7)
        var backlog = Backlog<Int>()
        var (next, expected) = (0, 0)
        for _ in 0..<2_000 {
            if Bool.random(using: &random) {
                let more = Int.random(in: 0...9, using: &random)
                backlog.append(Array(next..<next + more))
                next += more
            } else {
                let bound = Int.random(in: 0...12, using: &random)
                let taken = backlog.take(atMost: bound)
                #expect(taken == Array(expected..<expected + min(bound, next - expected)))
                expected += taken.count
            }
            #expect(backlog.count == next - expected)
            #expect(backlog.isEmpty == (next == expected))
        }
    }

    @Test func leavesWhatDoesNotFit() {
        var backlog = Backlog<Int>()
        backlog.append([1, 2, 9, 3])
        #expect(backlog.take(atMost: 10, while: { $0 < 5 }) == [1, 2])
        #expect(backlog.take(atMost: 10, while: { $0 < 5 }) == [])
        #expect(backlog.take(atMost: 1) == [9])
        #expect(backlog.take(atMost: 10) == [3])
        #expect(backlog.take(atMost: 10) == [])
    }

    @Test func holdsNothingThatWasTaken() {
        final class Payload {}
        var backlog = Backlog<Payload>()
        weak var first: Payload?
        do {
            let payload = Payload()
            first = payload
            backlog.append([payload, Payload()])
        }
        #expect(first != nil)
        _ = backlog.take(atMost: 1)
        #expect(first == nil)
        backlog.removeAll()
        #expect(backlog.isEmpty)
    }
}
