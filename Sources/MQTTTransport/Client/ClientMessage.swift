import MQTT

/// How surely a message is to arrive.
package typealias Delivery = QoS

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

extension ClientMessage {
    /// The packet, without its id; nil if the topic is not one or the payload too large for any broker.
    func publish(_ version: ProtocolVersion) -> Publish? {
        guard payload.count <= 64 << 20, let name = try? TopicName(validating: topic) else { return nil }
        var publish = Publish(topic: name, payload: payload, qos: delivery, retain: retain, duplicate: duplicate)
        guard version == .v5 else { return publish }
        if let responseTopic { publish.properties.append(.responseTopic(responseTopic)) }
        if let correlation { publish.properties.append(.correlationData(correlation)) }
        return publish
    }

    static func filter(_ bytes: [UInt8]) -> TopicFilter? {
        try? TopicFilter(validating: bytes)
    }
}
