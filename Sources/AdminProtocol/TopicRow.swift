/// One topic, or one topic shape such as `spacelift/writeonly/<pool>/+`, in a list.
package struct TopicRow: Codable, Equatable, Sendable {
    /// The topic name, or the shape with `+` for its last level.
    package var id: String
    /// How many topics it stands for: 1 for a topic.
    package var topics: Int
    /// Messages per second published to it over ten seconds, a minute and fifteen minutes.
    package var rate10s: Double
    package var rate60s: Double
    package var rate15m: Double
    package var bytes10s: Double
    /// Its part of all messages of the last ten seconds, 0 to 1.
    package var share: Double
    package var messages: Int64
    package var bytes: Int64
    package var lastAt: Timestamp?
    package var subscribers: Int
    package var retained: Int
    package var qos0: Int64
    package var qos1: Int64
    package var qos2: Int64
    package var largest: Int

    package init(
        id: String, topics: Int = 1, rate10s: Double = 0, rate60s: Double = 0, rate15m: Double = 0,
        bytes10s: Double = 0, share: Double = 0, messages: Int64 = 0, bytes: Int64 = 0, lastAt: Timestamp? = nil,
        subscribers: Int = 0, retained: Int = 0, qos0: Int64 = 0, qos1: Int64 = 0, qos2: Int64 = 0, largest: Int = 0
    ) {
        self.id = id
        self.topics = topics
        self.rate10s = rate10s
        self.rate60s = rate60s
        self.rate15m = rate15m
        self.bytes10s = bytes10s
        self.share = share
        self.messages = messages
        self.bytes = bytes
        self.lastAt = lastAt
        self.subscribers = subscribers
        self.retained = retained
        self.qos0 = qos0
        self.qos1 = qos1
        self.qos2 = qos2
        self.largest = largest
    }
}
