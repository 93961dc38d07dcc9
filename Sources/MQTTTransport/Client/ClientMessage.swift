/// How surely a message is to arrive.
package enum Delivery: UInt8, Equatable, Sendable {
    case atMostOnce = 0
    case atLeastOnce = 1
    case exactlyOnce = 2
}

/// An application message as a client sends or gets it; names and payload are bytes, as on the wire.
package struct ClientMessage: Equatable, Sendable {
    package var topic: [UInt8]
    package var payload: [UInt8]
    package var delivery: Delivery
    package var retain: Bool
    /// Only in MQTT 5.
    package var responseTopic: [UInt8]?
    /// Only in MQTT 5.
    package var correlation: [UInt8]?
    /// Set on what arrives a second time.
    package var duplicate: Bool

    package init(
        topic: [UInt8], payload: [UInt8], delivery: Delivery = .atLeastOnce, retain: Bool = false,
        responseTopic: [UInt8]? = nil, correlation: [UInt8]? = nil, duplicate: Bool = false
    ) {
        self.topic = topic
        self.payload = payload
        self.delivery = delivery
        self.retain = retain
        self.responseTopic = responseTopic
        self.correlation = correlation
        self.duplicate = duplicate
    }

    package init(topic: String, payload: String, delivery: Delivery = .atLeastOnce, retain: Bool = false) {
        self.init(topic: Array(topic.utf8), payload: Array(payload.utf8), delivery: delivery, retain: retain)
    }
}
