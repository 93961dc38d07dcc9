/// A message on its way, either way.
package struct Publish: Equatable, Sendable {
    /// Nil if the topic is only named by an alias (MQTT 5).
    package var topic: TopicName?
    package var payload: [UInt8]
    package var qos: QoS
    package var retain: Bool
    package var duplicate: Bool
    /// 0 at QoS 0, never 0 above.
    package var packetID: UInt16
    package var properties: Properties

    package init(
        topic: TopicName?, payload: [UInt8], qos: QoS = .atMostOnce, retain: Bool = false, duplicate: Bool = false,
        packetID: UInt16 = 0, properties: Properties = []
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.duplicate = duplicate
        self.packetID = packetID
        self.properties = properties
    }

    static func decode(
        _ bytes: RawSpan, header: FixedHeader, version: ProtocolVersion
    ) throws(MalformedPacket) -> Publish {
        let view = try PublishView(bytes, at: 0, header: header, version: version)
        let properties = try Properties.decode(bytes, in: view.properties, for: .publish)
        var topic: TopicName?
        if view.topic.isEmpty {
            guard properties.topicAlias != nil else { throw .violation("a topic has at least one character") }
        } else {
            topic = try TopicName(validating: bytes.copy(view.topic))
        }
        return Publish(
            topic: topic, payload: bytes.copy(view.payload), qos: view.qos, retain: view.retain,
            duplicate: view.duplicate, packetID: view.packetID, properties: properties)
    }

    func encode(into out: inout [UInt8], version: ProtocolVersion) {
        var encoded: [UInt8] = []
        if version == .v5 { properties.encode(into: &encoded) }
        let topic = topic?.bytes ?? []
        let length = 2 + topic.count + (qos == .atMostOnce ? 0 : 2) + encoded.count + payload.count
        out.append(PublishView.firstByte(qos: qos, retain: retain, duplicate: duplicate))
        out.append(variableInteger: length)
        out.append(text: topic)
        if qos != .atMostOnce { out.append(uint16: packetID) }
        out.append(contentsOf: encoded)
        out.append(contentsOf: payload)
    }
}
