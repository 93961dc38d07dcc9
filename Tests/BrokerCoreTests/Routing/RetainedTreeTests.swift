import MQTT
import Testing

@testable import BrokerCore

/// What is kept for topics gives its places back. [T-70]
@Suite struct RetainedTreeTests {
    private let holdings = Holdings()

    private func message(_ topic: String, expiresAt: Int64 = .max) -> Message {
        let node = TopicNode(name: Array(topic.utf8), record: TopicRoster().others, holdings: holdings)
        return Message(
            topic: node, payload: [1], properties: [], expiresAt: expiresAt, qos: .atMostOnce, at: moment(0))
    }

    private func moment(_ seconds: Double) -> Moment {
        Moment(nanoseconds: Int64(seconds * 1_000_000_000), wall: 0)
    }

    @Test func forgetsWhatHasExpiredAndNothingElse() {
        var tree = RetainedTree()
        for number in 0..<100 {
            let topic = "t/\(number)/x"
            tree.keep(message(topic, expiresAt: number % 2 == 0 ? 1_000_000_000 : .max), for: Array(topic.utf8))
        }
        tree.forgetExpired(among: 1_000, at: moment(0.9))
        #expect(tree.count == 100)
        tree.forgetExpired(among: 1_000, at: moment(2))
        #expect(tree.count == 50)
        for number in 0..<100 { #expect(tree.holds(Array("t/\(number)/x".utf8)) == (number % 2 == 1)) }
    }

    /// It goes on where it stopped, and a flood of messages does not have it look at each.
    @Test func looksAtAFewPlacesOnceASecond() {
        var tree = RetainedTree()
        for number in 0..<100 { tree.keep(message("\(number)", expiresAt: 1), for: Array("\(number)".utf8)) }
        var counts: [Int] = []
        for tenth in 0..<40 {
            tree.forgetExpired(among: 40, at: moment(10 + Double(tenth) / 10))
            if tenth % 10 == 0 || tenth % 10 == 9 { counts.append(tree.count) }
        }
        #expect(counts == [60, 60, 20, 20, 0, 0, 0, 0])
    }

    @Test func weighsEachLevelAndForgetsItsWeight() {
        var tree = RetainedTree()
        tree.keep(message("a"), for: [0x61])
        let flat = tree.weight
        let deep = Array("b" + String(repeating: "/", count: 200)).flatMap { Array(String($0).utf8) }
        tree.keep(message("deep"), for: deep)
        #expect(tree.weight > 200 * flat)
        // Who shares its levels with others takes less.
        let shared = tree.weight
        tree.keep(message("deeper"), for: deep + [0x63])
        #expect(tree.weight - shared < 2 * flat)
        for topic in [deep, deep + [0x63], [0x61]] { tree.keep(nil, for: topic) }
        #expect(tree.weight == 0 && tree.bytes == 0 && tree.count == 0)
        #expect(holdings.messages == 0)
    }
}
