/// What the broker remembers of one topic; counted into on the hot path.
///
/// The engine asks for it once per topic node and keeps it there.
package final class TopicRecord {
    package let name: [UInt8]

    @exclusivity(unchecked) package var messages: Int64 = 0
    /// Payload bytes.
    @exclusivity(unchecked) package var bytes: Int64 = 0
    /// The largest payload.
    @exclusivity(unchecked) package var largest = 0
    /// By `Moment.nanoseconds`; 0 for never.
    @exclusivity(unchecked) package var lastNanoseconds: Int64 = 0
    @exclusivity(unchecked) package var qos0: Int64 = 0
    @exclusivity(unchecked) package var qos1: Int64 = 0
    @exclusivity(unchecked) package var qos2: Int64 = 0
    /// Set by the engine where it knows them.
    package var subscribers = 0
    /// When the message kept for it expires, by `Moment.nanoseconds`; 0 if there is none. Nobody says so when that time
    /// has come, so it is asked for and not a fact that stands.
    package var retainedUntil: Int64 = 0

    let shape: TopicShape?
    @exclusivity(unchecked) var meter: TopicMeter?
    @exclusivity(unchecked) var sampled = PackedCounts()

    init(name: [UInt8], shape: TopicShape?) {
        self.name = name
        self.shape = shape
    }

    /// Whether who subscribes now gets the message kept for it.
    func isRetained(at now: Moment) -> Bool { now.nanoseconds < retainedUntil }
}

/// All topics that differ in their last level only, such as `spacelift/writeonly/<pool>/+`.
final class TopicShape {
    let name: [UInt8]
    var topics: [TopicRecord] = []

    init(name: [UInt8]) {
        self.name = name
    }

    /// `name` with `+` for its last level; a topic of one level is its own shape.
    static func name(of topic: [UInt8]) -> [UInt8] {
        guard let slash = topic.lastIndex(of: UInt8(ascii: "/")) else { return topic }
        return topic[...slash] + [UInt8(ascii: "+")]
    }
}
