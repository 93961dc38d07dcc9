import MQTT

/// The topic aliases a client allows us, given to the first topics it hears. [MQTT-3.1.2-26]
struct AliasesOut {
    /// How many it allows; 0 without a word of it. [MQTT-3.1.2-27]
    private let most: Int
    private var topics: [TopicNode] = []

    init(most: Int = 0) {
        self.most = most
    }

    @inline(__always)
    var isUsed: Bool { most > 0 }

    /// The alias of a topic that has one.
    func alias(of topic: TopicNode) -> UInt16? {
        topics.firstIndex { $0 === topic }.map { UInt16(truncatingIfNeeded: $0 + 1) }
    }

    /// The alias a topic would get; nil when all are given.
    var next: UInt16? { topics.count < most ? UInt16(truncatingIfNeeded: topics.count + 1) : nil }

    /// The next alias stands for `topic` from now on.
    mutating func give(_ topic: TopicNode) {
        topics.append(topic)
    }
}
