@testable import BrokerCore
import MQTT

extension FuzzTarget {
    /// A topic and some filters, parted by 0xFF; against definitions written anew, in the tree and outside of it.
    ///
    /// An even first byte takes the bytes as they are; an odd one as letters of a small alphabet, in which much
    /// matches.
    static let filter = FuzzTarget(name: "filter") { input in
        guard let choice = input.first else { return }
        let texts = input.dropFirst().split(separator: 0xFF, maxSplits: 12, omittingEmptySubsequences: false).map {
            choice & 1 == 0 ? Array($0) : $0.flatMap { alphabet[Int($0) % alphabet.count] }
        }
        guard let name = texts.first else { return }
        let topic = try? TopicName(validating: name)
        law((topic != nil) == Naive.isTopic(name), "the name \(name) is judged otherwise")
        var filters: [TopicFilter] = []
        for text in texts {
            let filter = try? TopicFilter(validating: text)
            law((filter != nil) == Naive.isFilter(text), "the filter \(text) is judged otherwise")
            guard let filter else { continue }
            law(filter.share == Naive.parted(text).group, "the group of \(text) is another")
            filters.append(filter)
            if let topic {
                let matches = Naive.matches(text, name)
                law(filter.matches(topic) == matches, "\(text) and \(name) match: \(matches)")
            }
        }
        if let topic { checkTree(filters, topic) }
        checkRetained(texts.filter(Naive.isTopic), filters)
    }

    private static let alphabet: [[UInt8]] = [
        "a", "b", "/", "/", "+", "#", "$", "$share/g/", "$share/", "\u{E9}", "e\u{301}", "",
    ].map { Array($0.utf8) }

    /// The tree finds whom the definition finds, each filter of each session once, and forgets what is removed.
    private static func checkTree(_ filters: [TopicFilter], _ topic: TopicName) {
        let broker = Broker(configuration: BrokerConfiguration(), at: Moment(nanoseconds: 1, wall: 1))
        guard let name = ClientID("one") else { return }
        let session = Session(
            key: SessionKey(.open, name), principal: .open, worker: nil,
            record: broker.observatory.client(of: .open, clientID: name.bytes))
        var tree = SubscriptionTree()
        let entries = filters.enumerated().map { place, filter in
            SubscriptionEntry(session: session, subscription: Subscription(filter: filter), identifier: place + 1)
        }
        for entry in entries { tree.insert(entry) }
        for removed in 0...entries.count {
            let left = entries.dropFirst(removed)
            let wanted = left.filter { Naive.matches($0.filter.bytes, topic.bytes) }
            let (found, groups) = tree.match(topic.bytes)
            law(
                found.map(\.identifier).sorted() == wanted.filter { !$0.filter.isShared }.map(\.identifier),
                "the tree finds others for \(topic.bytes)")
            law(
                groups.flatMap { $0.members.map(\.identifier) }.sorted()
                    == wanted.filter { $0.filter.isShared }.map(\.identifier),
                "the tree finds other groups for \(topic.bytes)")
            if removed < entries.count { tree.remove(entries[removed]) }
        }
        law(tree.size == 1, "\(tree.size) nodes are left of an empty tree")
    }

    /// What is kept for topics is found by the definition, and taken away without a trace.
    private static func checkRetained(_ topics: [[UInt8]], _ filters: [TopicFilter]) {
        var kept = RetainedTree()
        var names = Set<[UInt8]>()
        let now = Moment(nanoseconds: 1, wall: 1)
        var broker = Broker(configuration: BrokerConfiguration(), at: now)
        for name in topics {
            guard let topic = try? TopicName(validating: name) else { return law(false, "a topic is refused") }
            names.insert(name)
            let message = Message(
                topic: broker.node(of: topic), payload: [1], properties: [], expiresAt: .max, qos: .atMostOnce, at: now)
            kept.keep(message, for: name)
        }
        law(kept.count == names.count, "\(kept.count) messages are kept for \(names.count) topics")
        for filter in filters {
            let found = kept.matching(filter, at: now).map(\.topic.name)
            law(Set(found).count == found.count, "a message is found twice")
            law(Set(found) == names.filter { Naive.matches(filter.bytes, $0) }, "\(filter.bytes) finds others")
        }
        for name in names { kept.keep(nil, for: name) }
        law(kept.count == 0, "\(kept.count) messages are left")
    }
}
