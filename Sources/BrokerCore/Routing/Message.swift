import MQTT

/// A message that is kept: because it waits for somebody, is in flight, or is retained.
///
/// What passes through at once is never one: it goes from the bytes it came in to the outboxes.
final class Message {
    let topic: TopicNode
    let payload: [UInt8]
    /// The MQTT 5 properties to pass on, as bytes; without expiry, alias and subscription identifiers.
    let properties: [UInt8]
    /// By `Moment.nanoseconds`; `Int64.max` for never.
    let expiresAt: Int64
    let qos: QoS
    /// As it was published.
    let retain: Bool
    let at: Moment

    init(
        topic: TopicNode, payload: [UInt8], properties: [UInt8], expiresAt: Int64, qos: QoS, retain: Bool = false,
        at: Moment
    ) {
        self.topic = topic
        self.payload = payload
        self.properties = properties
        self.expiresAt = expiresAt
        self.qos = qos
        self.retain = retain
        self.at = at
        topic.holdings.messages &+= footprint
    }

    deinit {
        topic.holdings.messages &-= footprint
    }

    func isExpired(at now: Moment) -> Bool { now.nanoseconds >= expiresAt }

    /// What it counts against the bounds of a queue.
    var weight: Int { payload.count &+ topic.name.count &+ properties.count &+ 64 }

    /// What it takes in memory: the object, and each array with its header, as the allocator rounds them.
    private var footprint: Int {
        128 &+ payload.count &+ (properties.isEmpty ? 0 : properties.count &+ 48)
    }
}
