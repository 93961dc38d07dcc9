/// The last packet of a connection.
package struct Disconnect: Equatable, Sendable {
    package var reason: ReasonCode
    package var properties: Properties

    package init(reason: ReasonCode = .success, properties: Properties = []) {
        self.reason = reason
        self.properties = properties
    }

    static func decode(
        _ bytes: RawSpan, _ reader: inout PacketReader, version: ProtocolVersion
    ) throws(MalformedPacket) -> Disconnect {
        var disconnect = Disconnect()
        if version == .v5, !reader.isAtEnd {
            disconnect.reason = try ReasonCode(listed: try reader.byte(bytes), for: .disconnect)
            if !reader.isAtEnd { disconnect.properties = try reader.properties(bytes, for: .disconnect) }
        }
        try reader.finish()
        return disconnect
    }

    func encode(into out: inout [UInt8], version: ProtocolVersion) {
        out.appendPacket(PacketType.disconnect.firstByte) { out in
            guard version == .v5, reason != .success || !properties.isEmpty else { return }
            out.append(reason.rawValue)
            if !properties.isEmpty { properties.encode(into: &out) }
        }
    }
}
