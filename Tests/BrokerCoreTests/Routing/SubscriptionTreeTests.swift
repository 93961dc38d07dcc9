import MQTT
import TestSupport
import Testing

@testable import BrokerCore

@Suite struct SubscriptionTreeTests {
    private func session(_ name: String) -> Session {
        let id = clientID(name)
        let observatory = Observatory(
            configuration: BrokerConfiguration(), at: Moment(nanoseconds: 0, wall: 0))
        return Session(
            key: SessionKey(.open, id), principal: .open, worker: nil,
            record: observatory.client(of: .open, clientID: id.bytes))
    }

    private func random(_ random: inout SeededRandom, wildcards: Bool) -> String {
        let levels = wildcards ? ["a", "b", "", "+", "$x"] : ["a", "b", "", "$x"]
        let count = Int.random(in: 1...4, using: &random)
        var parts = (0..<count).map { _ in levels[Int.random(in: 0..<levels.count, using: &random)] }
        if wildcards, Int.random(in: 0..<3, using: &random) == 0 { parts.append("#") }
        return parts.joined(separator: "/")
    }

    // covers: MQTT-3.3.2-3 (5.0), MQTT-3.3.2-3 (3.1.1)
    @Test func findsWhatEachFilterAloneWouldMatch() {
        var source = SeededRandom(seed: 42)
        let session = session("a")
        for _ in 0..<300 {
            var tree = SubscriptionTree()
            var entries: [SubscriptionEntry] = []
            for _ in 0..<20 {
                guard let filter = TopicFilter(random(&source, wildcards: true)) else { continue }
                let entry = SubscriptionEntry(
                    session: session, subscription: Subscription(filter: filter), identifier: 0)
                entries.append(entry)
                tree.insert(entry)
            }
            for _ in 0..<5 where !entries.isEmpty {
                tree.remove(entries.remove(at: Int.random(in: 0..<entries.count, using: &source)))
            }
            for _ in 0..<20 {
                guard let topic = TopicName(random(&source, wildcards: false)) else { continue }
                let found = tree.match(topic.bytes).entries
                let expected = entries.filter { $0.filter.matches(topic) }
                #expect(found.count == expected.count)
                #expect(expected.allSatisfy { one in found.contains { $0 === one } })
            }
            for entry in entries { tree.remove(entry) }
            #expect(tree.size == 1)
        }
    }

    @Test func standsAsDeepAFilterAsThereIs() {
        let session = session("a")
        var tree = SubscriptionTree()
        let filter = topicFilter(String(repeating: "/", count: 65_535))
        let entry = SubscriptionEntry(session: session, subscription: Subscription(filter: filter), identifier: 0)
        tree.insert(entry)
        #expect(tree.match(filter.bytes).entries.count == 1)
        tree.remove(entry)
        #expect(tree.size == 1)
    }
}
