/// The server's answer to CONNECT.
package struct ConnAck: Equatable, Sendable {
    package var sessionPresent: Bool
    package var reason: ReasonCode
    package var properties: Properties

    package init(sessionPresent: Bool = false, reason: ReasonCode = .success, properties: Properties = []) {
        self.sessionPresent = sessionPresent
        self.reason = reason
        self.properties = properties
    }

    static func decode(
        _ bytes: RawSpan, _ reader: inout PacketReader, version: ProtocolVersion
    ) throws(MalformedPacket) -> ConnAck {
        let flags = try reader.byte(bytes)
        // [MQTT-3.2.2-1]
        guard flags <= 1 else { throw .malformed("reserved flags of CONNACK are 0") }
        let code = try reader.byte(bytes)
        var answer = ConnAck(sessionPresent: flags == 1)
        switch version {
        case .v311:
            guard let reason = ReasonCode(connectReturnCode: code) else { throw .malformed("no such return code") }
            answer.reason = reason
        case .v5:
            answer.reason = try ReasonCode(listed: code, for: .connAck)
            answer.properties = try reader.properties(bytes, for: .connAck)
        }
        try reader.finish()
        // [MQTT-3.2.2-6]
        guard answer.reason == .success || !answer.sessionPresent else { throw .violation("a refusal has no session") }
        return answer
    }

    func encode(into out: inout [UInt8], version: ProtocolVersion) {
        out.appendPacket(PacketType.connAck.firstByte) { out in
            out.append(sessionPresent ? 1 : 0)
            switch version {
            case .v311: out.append(reason.connectReturnCode)
            case .v5:
                out.append(reason.rawValue)
                properties.encode(into: &out)
            }
        }
    }
}

extension ReasonCode {
    /// Such a packet can be read, only what it says is not allowed: a protocol error after section 1.2, as Mosquitto 2.1
    /// answers it.
    init(listed code: UInt8, for type: PacketType) throws(MalformedPacket) {
        guard let reason = ReasonCode(rawValue: code), reason.isListed(for: type) else {
            throw .violation("the reason code is not one of this packet")
        }
        self = reason
    }
}
