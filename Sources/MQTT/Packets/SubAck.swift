/// The answer to SUBSCRIBE: a verdict for each filter, in their order.
package struct SubAck: Equatable, Sendable {
    package var packetID: UInt16
    package var reasons: [ReasonCode]
    package var properties: Properties

    package init(packetID: UInt16, reasons: [ReasonCode], properties: Properties = []) {
        self.packetID = packetID
        self.reasons = reasons
        self.properties = properties
    }

    static func decode(
        _ bytes: RawSpan, _ reader: inout PacketReader, version: ProtocolVersion
    ) throws(MalformedPacket) -> SubAck {
        var answer = SubAck(packetID: try reader.packetID(bytes), reasons: [])
        if version == .v5 { answer.properties = try reader.properties(bytes, for: .subAck) }
        guard !reader.isAtEnd else { throw .violation("SUBACK answers at least one filter") }
        while !reader.isAtEnd {
            let reason = try ReasonCode(listed: try reader.byte(bytes), for: .subAck)
            // [MQTT-3.9.3-2] (3.1.1)
            guard version == .v5 || reason.rawValue <= 0x80 else { throw .malformed("no such return code") }
            answer.reasons.append(reason)
        }
        return answer
    }

    func encode(into out: inout [UInt8], version: ProtocolVersion) {
        out.appendPacket(PacketType.subAck.firstByte) { out in
            out.append(uint16: packetID)
            if version == .v5 { properties.encode(into: &out) }
            for reason in reasons { out.append(version == .v5 ? reason.rawValue : min(reason.rawValue, 0x80)) }
        }
    }
}
