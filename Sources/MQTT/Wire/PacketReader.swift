/// A place in the bytes of one packet, and how far it may go: every read looks at the bound first. [T-04]
///
/// The bytes are passed to each read rather than kept, so that nothing can outlive them.
struct PacketReader {
    var position: Int
    let end: Int
    /// Of one list of properties. [T-05]
    let mostUserProperties: Int

    init(_ range: Range<Int>, mostUserProperties: Int = Properties.mostUserProperties) {
        position = range.lowerBound
        end = range.upperBound
        self.mostUserProperties = mostUserProperties
    }

    var isAtEnd: Bool { position >= end }
    var rest: Range<Int> { position..<max(position, end) }

    mutating func byte(_ bytes: RawSpan) throws(MalformedPacket) -> UInt8 {
        guard position < end else { throw .malformed("the packet ends too early") }
        defer { position &+= 1 }
        return bytes.byte(at: position)
    }

    mutating func uint16(_ bytes: RawSpan) throws(MalformedPacket) -> UInt16 {
        guard end &- position >= 2 else { throw .malformed("the packet ends too early") }
        defer { position &+= 2 }
        return UInt16(bytes.byte(at: position)) << 8 | UInt16(bytes.byte(at: position &+ 1))
    }

    mutating func uint32(_ bytes: RawSpan) throws(MalformedPacket) -> UInt32 {
        let high = try uint16(bytes)
        return UInt32(high) << 16 | UInt32(try uint16(bytes))
    }

    /// A variable byte integer, in its shortest form. [MQTT-1.5.5-1, T-03]
    mutating func variableInteger(_ bytes: RawSpan) throws(MalformedPacket) -> Int {
        var value = 0
        for place in 0..<4 {
            let byte = try byte(bytes)
            value |= Int(byte & 0x7F) &<< (7 &* place)
            if byte & 0x80 == 0 {
                guard byte != 0 || place == 0 else { throw .malformed("a number is written as short as it can be") }
                return value
            }
        }
        throw .malformed("a number has at most four bytes")
    }

    /// The place of as many bytes as are announced in front of them.
    mutating func binaryRange(_ bytes: RawSpan) throws(MalformedPacket) -> Range<Int> {
        let length = Int(try uint16(bytes))
        return try take(length)
    }

    mutating func take(_ length: Int) throws(MalformedPacket) -> Range<Int> {
        guard length <= end &- position else { throw .malformed("a part is longer than its packet") }
        defer { position &+= length }
        return position..<position &+ length
    }

    mutating func binary(_ bytes: RawSpan) throws(MalformedPacket) -> [UInt8] {
        bytes.copy(try binaryRange(bytes))
    }

    mutating func text(_ bytes: RawSpan) throws(MalformedPacket) -> [UInt8] {
        let range = try binaryRange(bytes)
        guard UTF8Text.isValid(bytes.extracting(range)) else { throw .malformed("a text is UTF-8 without U+0000") }
        return bytes.copy(range)
    }

    mutating func packetID(_ bytes: RawSpan) throws(MalformedPacket) -> UInt16 {
        let id = try uint16(bytes)
        // [MQTT-2.2.1-3]
        guard id != 0 else { throw .violation("a packet identifier is never 0") }
        return id
    }

    func finish() throws(MalformedPacket) {
        guard position == end else { throw .malformed("the packet has bytes too many") }
    }
}
