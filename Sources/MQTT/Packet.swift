/// Any packet, of both versions and both directions.
package enum Packet: Equatable, Sendable {
    case connect(Connect)
    case connAck(ConnAck)
    case publish(Publish)
    case pubAck(Acknowledgement)
    case pubRec(Acknowledgement)
    case pubRel(Acknowledgement)
    case pubComp(Acknowledgement)
    case subscribe(Subscribe)
    case subAck(SubAck)
    case unsubscribe(Unsubscribe)
    case unsubAck(UnsubAck)
    case pingRequest
    case pingResponse
    case disconnect(Disconnect)
    case auth(Auth)

    package var type: PacketType {
        switch self {
        case .connect: .connect
        case .connAck: .connAck
        case .publish: .publish
        case .pubAck: .pubAck
        case .pubRec: .pubRec
        case .pubRel: .pubRel
        case .pubComp: .pubComp
        case .subscribe: .subscribe
        case .subAck: .subAck
        case .unsubscribe: .unsubscribe
        case .unsubAck: .unsubAck
        case .pingRequest: .pingRequest
        case .pingResponse: .pingResponse
        case .disconnect: .disconnect
        case .auth: .auth
        }
    }

    /// Reads one packet, whole and without anything after it. CONNECT names its own version.
    package static func decode(
        _ whole: RawSpan, version: ProtocolVersion, mostUserProperties: Int = Properties.mostUserProperties
    ) throws(MalformedPacket) -> Packet {
        guard let header = try FixedHeader.parse(whole), header.length <= whole.byteCount else {
            throw .malformed("the packet ends too early")
        }
        guard header.length == whole.byteCount else { throw .malformed("the packet has bytes too many") }
        var reader = PacketReader(header.headerLength..<whole.byteCount, mostUserProperties: mostUserProperties)
        switch header.type {
        case .connect: return .connect(try Connect.decode(whole, &reader))
        case .connAck: return .connAck(try ConnAck.decode(whole, &reader, version: version))
        case .publish: return .publish(try Publish.decode(whole, header: header, version: version))
        case .pubAck: return .pubAck(try Acknowledgement.decode(whole, &reader, type: .pubAck, version: version))
        case .pubRec: return .pubRec(try Acknowledgement.decode(whole, &reader, type: .pubRec, version: version))
        case .pubRel: return .pubRel(try Acknowledgement.decode(whole, &reader, type: .pubRel, version: version))
        case .pubComp: return .pubComp(try Acknowledgement.decode(whole, &reader, type: .pubComp, version: version))
        case .subscribe: return .subscribe(try Subscribe.decode(whole, &reader, version: version))
        case .subAck: return .subAck(try SubAck.decode(whole, &reader, version: version))
        case .unsubscribe: return .unsubscribe(try Unsubscribe.decode(whole, &reader, version: version))
        case .unsubAck: return .unsubAck(try UnsubAck.decode(whole, &reader, version: version))
        case .pingRequest:
            try reader.finish()
            return .pingRequest
        case .pingResponse:
            try reader.finish()
            return .pingResponse
        case .disconnect: return .disconnect(try Disconnect.decode(whole, &reader, version: version))
        case .auth: return .auth(try Auth.decode(whole, &reader, version: version))
        }
    }

    /// Appends the packet. What `version` has no place for (properties, reasons) is left out.
    package func encode(into out: inout [UInt8], version: ProtocolVersion) {
        switch self {
        case .connect(let connect): connect.encode(into: &out)
        case .connAck(let answer): answer.encode(into: &out, version: version)
        case .publish(let publish): publish.encode(into: &out, version: version)
        case .pubAck(let acknowledgement): acknowledgement.encode(into: &out, type: .pubAck, version: version)
        case .pubRec(let acknowledgement): acknowledgement.encode(into: &out, type: .pubRec, version: version)
        case .pubRel(let acknowledgement): acknowledgement.encode(into: &out, type: .pubRel, version: version)
        case .pubComp(let acknowledgement): acknowledgement.encode(into: &out, type: .pubComp, version: version)
        case .subscribe(let subscribe): subscribe.encode(into: &out, version: version)
        case .subAck(let answer): answer.encode(into: &out, version: version)
        case .unsubscribe(let unsubscribe): unsubscribe.encode(into: &out, version: version)
        case .unsubAck(let answer): answer.encode(into: &out, version: version)
        case .pingRequest: out.append(contentsOf: [PacketType.pingRequest.firstByte, 0])
        case .pingResponse: out.append(contentsOf: [PacketType.pingResponse.firstByte, 0])
        case .disconnect(let disconnect): disconnect.encode(into: &out, version: version)
        case .auth(let auth): auth.encode(into: &out)
        }
    }

    /// The packet's bytes alone.
    package func encoded(_ version: ProtocolVersion) -> [UInt8] {
        var out: [UInt8] = []
        encode(into: &out, version: version)
        return out
    }
}
