import MQTT
import NIOCore

/// Cuts what arrives into packets, however it was portioned.
struct PacketCutter {
    private let version: ProtocolVersion
    private var rest = ByteBuffer()
    /// A broker that announces more is not one to believe.
    private static let largest = 64 << 20

    init(version: ProtocolVersion) {
        self.version = version
    }

    mutating func append(_ bytes: ByteBuffer) {
        if rest.readableBytes == 0 { rest = bytes } else { rest.writeImmutableBuffer(bytes) }
    }

    /// The next whole packet; nil until more bytes come.
    mutating func next() throws(MalformedPacket) -> Packet? {
        let length: Int
        let packet: Packet
        do {
            let bytes = rest.readableBytesSpan
            guard let header = try FixedHeader.parse(bytes) else { return nil }
            guard header.length <= PacketCutter.largest else { throw MalformedPacket(.packetTooLarge, "too large") }
            guard header.length <= bytes.byteCount else { return nil }
            packet = try Packet.decode(bytes.extracting(0..<header.length), version: version)
            length = header.length
        }
        rest.moveReaderIndex(forwardBy: length)
        return packet
    }
}
