/// A client no longer wants the messages of some filters.
package struct Unsubscribe: Equatable, Sendable {
    package var packetID: UInt16
    package var filters: [TopicFilter]
    package var properties: Properties

    package init(packetID: UInt16, filters: [TopicFilter], properties: Properties = []) {
        self.packetID = packetID
        self.filters = filters
        self.properties = properties
    }

    static func decode(
        _ bytes: RawSpan, _ reader: inout PacketReader, version: ProtocolVersion
    ) throws(MalformedPacket) -> Unsubscribe {
        var unsubscribe = Unsubscribe(packetID: try reader.packetID(bytes), filters: [])
        if version == .v5 { unsubscribe.properties = try reader.properties(bytes, for: .unsubscribe) }
        // [MQTT-3.10.3-2]
        guard !reader.isAtEnd else { throw .violation("UNSUBSCRIBE names at least one filter") }
        while !reader.isAtEnd {
            unsubscribe.filters.append(try TopicFilter(validating: try reader.binary(bytes), version: version))
        }
        return unsubscribe
    }

    func encode(into out: inout [UInt8], version: ProtocolVersion) {
        out.appendPacket(PacketType.unsubscribe.firstByte) { out in
            out.append(uint16: packetID)
            if version == .v5 { properties.encode(into: &out) }
            for filter in filters { out.append(text: filter.bytes) }
        }
    }
}
