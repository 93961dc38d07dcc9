/// A step of an extended authentication; only MQTT 5 has it.
package struct Auth: Equatable, Sendable {
    package var reason: ReasonCode
    package var properties: Properties

    package init(reason: ReasonCode = .success, properties: Properties = []) {
        self.reason = reason
        self.properties = properties
    }

    static func decode(
        _ bytes: RawSpan, _ reader: inout PacketReader, version: ProtocolVersion
    ) throws(MalformedPacket) -> Auth {
        guard version == .v5 else { throw .malformed("3.1.1 has no AUTH") }
        var auth = Auth()
        if !reader.isAtEnd {
            auth.reason = try ReasonCode(listed: try reader.byte(bytes), for: .auth)
            // Only together are both left out: section 3.15.2.1.
            auth.properties = try reader.properties(bytes, for: .auth)
        }
        try reader.finish()
        return auth
    }

    func encode(into out: inout [UInt8]) {
        out.appendPacket(PacketType.auth.firstByte) { out in
            guard reason != .success || !properties.isEmpty else { return }
            out.append(reason.rawValue)
            properties.encode(into: &out)
        }
    }
}
