/// The first two to five bytes of a packet: what it is and how long.
package struct FixedHeader: Equatable, Sendable {
    package let type: PacketType
    /// The lower half of the first byte.
    package let flags: UInt8
    /// Bytes of the header itself.
    package let headerLength: Int
    /// Bytes that follow the header.
    package let remainingLength: Int

    /// Bytes of the whole packet.
    package var length: Int { headerLength &+ remainingLength }

    /// Nil while the header is incomplete; a header that can become nothing good is refused with its first byte.
    @inline(__always)
    package static func parse(_ bytes: RawSpan) throws(MalformedPacket) -> FixedHeader? {
        try parse(bytes, at: 0)
    }

    /// The header that begins at `start`.
    package static func parse(_ bytes: RawSpan, at start: Int) throws(MalformedPacket) -> FixedHeader? {
        let available = bytes.byteCount &- start
        guard available >= 1 else { return nil }
        let first = bytes.byte(at: start)
        guard let type = PacketType(rawValue: first >> 4) else { throw .malformed("there is no packet type 0") }
        let flags = first & 0x0F
        if case .publish = type {
            // [MQTT-3.3.1-4, MQTT-3.3.1-2]
            guard flags & 0b0110 != 0b0110 else { throw .malformed("there is no QoS 3") }
            guard flags & 0b1110 != 0b1000 else { throw .malformed("QoS 0 is never a duplicate") }
        } else {
            guard flags == type.flags else { throw .malformed("reserved flags of a packet have one value") }
        }
        var length = 0
        var place = 1
        while place <= 4 {
            guard place < available else { return nil }
            let byte = bytes.byte(at: start &+ place)
            length |= Int(byte & 0x7F) &<< (7 &* (place &- 1))
            if byte & 0x80 == 0 {
                // [MQTT-1.5.5-1]
                guard byte != 0 || place == 1 else { throw .malformed("a length is written as short as it can be") }
                return FixedHeader(type: type, flags: flags, headerLength: place &+ 1, remainingLength: length)
            }
            place &+= 1
        }
        throw .malformed("a length has at most four bytes")
    }
}
