import MQTT

/// The bytes of one message, made once per shape and copied for each receiver; only the first byte and the packet
/// identifier differ.
struct PublishTemplates {
    private var bytes = [[UInt8]](repeating: [], count: 4)
    private var idPlaces = [0, 0, 0, 0]
    private var made: UInt8 = 0

    /// The next message is another.
    @inline(__always)
    mutating func reset() {
        made = 0
    }

    /// The shape's bytes are copied to the end of `out`, with the first byte and identifier of one receiver.
    @inline(__always)
    mutating func append(
        to out: inout [UInt8], firstByte: UInt8, id: UInt16, size: PublishSize, topic: [UInt8],
        version: ProtocolVersion, properties: RawSpan, expiry: UInt32?, payload: RawSpan
    ) {
        let shape = (version == .v5 ? 2 : 0) | (id != 0 ? 1 : 0)
        if made & (1 << UInt8(shape)) == 0 {
            made |= 1 << UInt8(shape)
            bytes[shape].removeAll(keepingCapacity: true)
            bytes[shape].appendPublish(
                firstByte, size: size, topic: topic, id: id, version: version, properties: properties, expiry: expiry,
                identifiers: [], payload: payload)
            idPlaces[shape] = size.idPlace(topic: topic.count)
        }
        let start = out.count
        out.append(contentsOf: bytes[shape])
        out[start] = firstByte
        if id != 0 {
            out[start + idPlaces[shape]] = UInt8(truncatingIfNeeded: id >> 8)
            out[start + idPlaces[shape] + 1] = UInt8(truncatingIfNeeded: id)
        }
    }
}
