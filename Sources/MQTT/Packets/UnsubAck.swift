/// The answer to UNSUBSCRIBE; 3.1.1 has no verdicts in it.
package struct UnsubAck: Equatable, Sendable {
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
    ) throws(MalformedPacket) -> UnsubAck {
        var answer = UnsubAck(packetID: try reader.packetID(bytes), reasons: [])
        if version == .v5 {
            answer.properties = try reader.properties(bytes, for: .unsubAck)
            guard !reader.isAtEnd else { throw .violation("UNSUBACK answers at least one filter") }
            while !reader.isAtEnd {
                answer.reasons.append(try ReasonCode(listed: try reader.byte(bytes), for: .unsubAck))
            }
        }
        try reader.finish()
        return answer
    }

    func encode(into out: inout [UInt8], version: ProtocolVersion) {
        out.appendPacket(PacketType.unsubAck.firstByte) { out in
            out.append(uint16: packetID)
            if version == .v5 {
                properties.encode(into: &out)
                for reason in reasons { out.append(reason.rawValue) }
            }
        }
    }
}
