import MQTT
import TestSupport
import Testing

/// A packet as bytes and as a value: both are the same thing said twice.
struct Sample: CustomTestStringConvertible {
    let name: String
    let version: ProtocolVersion
    let bytes: [UInt8]
    let packet: Packet

    init(_ name: String, _ version: ProtocolVersion, _ notation: String, _ packet: Packet) {
        self.name = name
        self.version = version
        bytes = hex(notation)
        self.packet = packet
    }

    var testDescription: String { "\(name) (\(version))" }
}

/// Reads a packet out of an array.
func decode(_ bytes: [UInt8], _ version: ProtocolVersion) throws(MalformedPacket) -> Packet {
    try Packet.decode(bytes.span.bytes, version: version)
}

/// Reads a header out of an array.
///
/// Never `parse([…].span.bytes)` inside an expectation: the array of a literal is gone before its span is read.
func header(_ bytes: [UInt8]) throws(MalformedPacket) -> FixedHeader? {
    try FixedHeader.parse(bytes.span.bytes)
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func topic(_ text: String) -> TopicName { named(TopicName(text), text) }

func filter(_ text: String) -> TopicFilter { named(TopicFilter(text), text) }

func client(_ text: String) -> ClientID { named(ClientID(text), text) }

private func named<Name>(_ name: Name?, _ text: String) -> Name {
    guard let name else { preconditionFailure("a fixture is wrong: \(text)") }
    return name
}
