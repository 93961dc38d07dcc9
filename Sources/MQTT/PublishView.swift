/// Where the parts of a PUBLISH stand in the bytes it came in: the hot path looks, and copies nothing.
///
/// Neither the topic's characters nor the properties are looked at here: a topic equal to one already validated, and
/// properties of no length, need no look.
package struct PublishView: Equatable, Sendable {
    package let qos: QoS
    package let retain: Bool
    package let duplicate: Bool
    /// 0 at QoS 0.
    package let packetID: UInt16
    package let topic: Range<Int>
    /// Without their length; empty in 3.1.1.
    package let properties: Range<Int>
    package let payload: Range<Int>

    /// The packet that begins at `start` and is wholly there.
    @inline(__always)
    package init(
        _ bytes: RawSpan, at start: Int, header: FixedHeader, version: ProtocolVersion
    ) throws(MalformedPacket) {
        let end = start &+ header.length
        guard case .publish = header.type, end <= bytes.byteCount else { throw .malformed("the packet ends too early") }
        var reader = PacketReader(start &+ header.headerLength..<end)
        topic = try reader.binaryRange(bytes)
        switch header.flags >> 1 & 0b11 {
        case 0:
            qos = .atMostOnce
            packetID = 0
        case 1:
            qos = .atLeastOnce
            packetID = try reader.packetID(bytes)
        default:
            qos = .exactlyOnce
            packetID = try reader.packetID(bytes)
        }
        retain = header.flags & 0b0001 != 0
        duplicate = header.flags & 0b1000 != 0
        properties =
            version == .v5 ? try reader.propertyRange(bytes) : reader.position..<reader.position
        payload = reader.rest
    }

    /// The first byte of a PUBLISH.
    @inline(__always)
    package static func firstByte(qos: QoS, retain: Bool, duplicate: Bool) -> UInt8 {
        0x30 | qos.rawValue << 1 | (retain ? 0b0001 : 0) | (duplicate ? 0b1000 : 0)
    }
}
