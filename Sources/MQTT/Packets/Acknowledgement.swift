/// One of the four packets that carry a message's number and a verdict: PUBACK, PUBREC, PUBREL, PUBCOMP.
package struct Acknowledgement: Equatable, Sendable {
    package var packetID: UInt16
    package var reason: ReasonCode
    package var properties: Properties

    package init(packetID: UInt16, reason: ReasonCode = .success, properties: Properties = []) {
        self.packetID = packetID
        self.reason = reason
        self.properties = properties
    }

    static func decode(
        _ bytes: RawSpan, _ reader: inout PacketReader, type: PacketType, version: ProtocolVersion
    ) throws(MalformedPacket) -> Acknowledgement {
        var acknowledgement = Acknowledgement(packetID: try reader.packetID(bytes))
        if version == .v5, !reader.isAtEnd {
            acknowledgement.reason = try ReasonCode(listed: try reader.byte(bytes), for: type)
            if !reader.isAtEnd {
                acknowledgement.properties = try reader.properties(bytes, for: .acknowledgement)
            }
        }
        try reader.finish()
        return acknowledgement
    }

    func encode(into out: inout [UInt8], type: PacketType, version: ProtocolVersion) {
        guard version == .v5, reason != .success || !properties.isEmpty else {
            Acknowledgement.encode(type, packetID, into: &out)
            return
        }
        out.appendPacket(type.firstByte) { out in
            out.append(uint16: packetID)
            out.append(reason.rawValue)
            if !properties.isEmpty { properties.encode(into: &out) }
        }
    }

    /// The four bytes of nearly every acknowledgement.
    package static func encode(_ type: PacketType, _ packetID: UInt16, into out: inout [UInt8]) {
        out.append(addingCapacity: 4) { out in
            out.append(type.firstByte)
            out.append(2)
            out.append(uint16: packetID)
        }
    }

    /// Reads the usual four bytes without a copy; nil if the packet has more in it.
    package static func shortID(_ whole: RawSpan, header: FixedHeader) -> UInt16? {
        guard header.remainingLength == 2, whole.byteCount >= header.length else { return nil }
        let place = header.headerLength
        let id = UInt16(whole.byte(at: place)) << 8 | UInt16(whole.byte(at: place &+ 1))
        return id == 0 ? nil : id
    }
}
