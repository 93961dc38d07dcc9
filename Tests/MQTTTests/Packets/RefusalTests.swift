import MQTT
import TestSupport
import Testing

/// What a strict reader turns away, and the reason it gives.
struct RefusalTests {
    struct Wrong: CustomTestStringConvertible {
        let name: String
        let version: ProtocolVersion
        let bytes: [UInt8]
        let reason: ReasonCode

        init(_ name: String, _ version: ProtocolVersion, _ notation: String, _ reason: ReasonCode) {
            self.name = name
            self.version = version
            bytes = hex(notation)
            self.reason = reason
        }

        var testDescription: String { "\(name) (\(version))" }
    }

    // covers: MQTT-3.1.2-1 (5.0), MQTT-3.1.2-2 (5.0), MQTT-3.1.2-3 (5.0), MQTT-3.1.2-9 (5.0), MQTT-3.1.2-11 (5.0)
    // covers: MQTT-3.1.2-12 (5.0), MQTT-3.1.2-13 (5.0), MQTT-3.1.2-16 (5.0), MQTT-3.1.2-17 (5.0), MQTT-3.1.2-18 (5.0)
    // covers: MQTT-3.1.2-19 (5.0), MQTT-3.1.3-3 (5.0), MQTT-3.1.2-3 (3.1.1), MQTT-3.1.2-9 (3.1.1)
    // covers: MQTT-3.1.2-11 (3.1.1), MQTT-3.1.2-13 (3.1.1), MQTT-3.1.2-14 (3.1.1), MQTT-3.1.2-15 (3.1.1)
    // covers: MQTT-3.1.2-18 (3.1.1), MQTT-3.1.2-19 (3.1.1), MQTT-3.1.2-20 (3.1.1), MQTT-3.1.2-21 (3.1.1)
    // covers: MQTT-3.1.2-22 (3.1.1), MQTT-3.1.3-3 (3.1.1)
    @Test(arguments: connects)
    func refusesConnects(_ wrong: Wrong) { refuses(wrong) }

    // covers: MQTT-2.2.1-3 (5.0), MQTT-3.3.1-2 (5.0), MQTT-3.3.1-4 (5.0), MQTT-3.3.2-2 (5.0), MQTT-3.3.2-8 (5.0)
    // covers: MQTT-3.3.2-14 (5.0), MQTT-4.7.0-1 (5.0), MQTT-4.7.3-1 (5.0), MQTT-2.3.1-1 (3.1.1), MQTT-3.3.1-2 (3.1.1)
    // covers: MQTT-3.3.1-4 (3.1.1), MQTT-3.3.2-2 (3.1.1), MQTT-4.7.1-1 (3.1.1), MQTT-4.7.3-1 (3.1.1)
    @Test(arguments: publishes)
    func refusesMessages(_ wrong: Wrong) { refuses(wrong) }

    // covers: MQTT-2.2.1-3 (5.0), MQTT-3.8.3-2 (5.0), MQTT-3.8.3-4 (5.0), MQTT-3.8.3-5 (5.0), MQTT-3.10.3-2 (5.0)
    // covers: MQTT-4.7.1-1 (5.0), MQTT-4.7.1-2 (5.0), MQTT-4.7.3-1 (5.0), MQTT-4.8.2-1 (5.0), MQTT-4.8.2-2 (5.0)
    // covers: MQTT-2.3.1-1 (3.1.1), MQTT-3.8.3-3 (3.1.1), MQTT-3-8.3-4 (3.1.1), MQTT-3.10.3-2 (3.1.1), MQTT-4.7.1-2 (3.1.1)
    // covers: MQTT-4.7.1-3 (3.1.1)
    @Test(arguments: requests)
    func refusesRequests(_ wrong: Wrong) { refuses(wrong) }

    // covers: MQTT-3.4.2-1 (5.0), MQTT-3.5.2-1 (5.0), MQTT-3.6.2-1 (5.0), MQTT-3.7.2-1 (5.0), MQTT-3.9.3-2 (5.0)
    // covers: MQTT-3.11.3-2 (5.0), MQTT-3.14.2-1 (5.0), MQTT-3.15.2-1 (5.0), MQTT-3.9.3-2 (3.1.1)
    @Test(arguments: answers)
    func refusesAnswers(_ wrong: Wrong) { refuses(wrong) }

    private func refuses(_ wrong: Wrong) {
        let error = #expect(throws: MalformedPacket.self) { try decode(wrong.bytes, wrong.version) }
        #expect(error?.reason == wrong.reason, "\(error?.what.description ?? "")")
    }

    static let connects: [Wrong] = [
        Wrong("another protocol", .v5, "10 [ <MQTX> 05 02 003C {} <w> ]", .unsupportedProtocolVersion),
        Wrong("the protocol in small letters", .v311, "10 [ <mqtt> 04 02 003C <w> ]", .unsupportedProtocolVersion),
        Wrong("MQTT 3.1", .v311, "10 [ <MQIsdp> 03 02 003C <w> ]", .unsupportedProtocolVersion),
        Wrong("MQTT 6", .v5, "10 [ <MQTT> 06 02 003C {} <w> ]", .unsupportedProtocolVersion),
        Wrong("the reserved flag", .v5, "10 [ <MQTT> 05 03 003C {} <w> ]", .malformedPacket),
        Wrong("the reserved flag", .v311, "10 [ <MQTT> 04 03 003C <w> ]", .malformedPacket),
        Wrong("a will at QoS 3", .v5, "10 [ <MQTT> 05 1E 003C {} <w> {} <a> <> ]", .malformedPacket),
        Wrong("a QoS without a will", .v5, "10 [ <MQTT> 05 0A 003C {} <w> ]", .malformedPacket),
        Wrong("a kept will without a will", .v311, "10 [ <MQTT> 04 22 003C <w> ]", .malformedPacket),
        Wrong("a password without a user", .v311, "10 [ <MQTT> 04 42 003C <w> <p> ]", .malformedPacket),
        Wrong("a user announced and missing", .v5, "10 [ <MQTT> 05 82 003C {} <w> ]", .malformedPacket),
        Wrong("a user not announced", .v5, "10 [ <MQTT> 05 02 003C {} <w> <u> ]", .malformedPacket),
        Wrong("a user announced and missing", .v311, "10 [ <MQTT> 04 82 003C <w> ]", .malformedPacket),
        Wrong("a user not announced", .v311, "10 [ <MQTT> 04 02 003C <w> <u> ]", .malformedPacket),
        Wrong("a password announced and missing", .v5, "10 [ <MQTT> 05 C2 003C {} <w> <u> ]", .malformedPacket),
        Wrong("a password announced and missing", .v311, "10 [ <MQTT> 04 C2 003C <w> <u> ]", .malformedPacket),
        Wrong("a password not announced", .v5, "10 [ <MQTT> 05 82 003C {} <w> <u> (70) ]", .malformedPacket),
        Wrong("a password not announced", .v311, "10 [ <MQTT> 04 82 003C <w> <u> (70) ]", .malformedPacket),
        Wrong("no client id", .v5, "10 [ <MQTT> 05 02 003C {} ]", .malformedPacket),
        Wrong("no client id", .v311, "10 [ <MQTT> 04 02 003C ]", .malformedPacket),
        Wrong("a will announced and missing", .v5, "10 [ <MQTT> 05 06 003C {} <w> ]", .malformedPacket),
        Wrong("a will without properties", .v5, "10 [ <MQTT> 05 06 003C {} <w> <a> <m> ]", .malformedPacket),
        Wrong("a will without a message", .v5, "10 [ <MQTT> 05 06 003C {} <w> {} <a> ]", .malformedPacket),
        Wrong("a will announced and missing", .v311, "10 [ <MQTT> 04 06 003C <w> ]", .malformedPacket),
        Wrong("a will without a message", .v311, "10 [ <MQTT> 04 06 003C <w> <a> ]", .malformedPacket),
        Wrong("a will not announced", .v311, "10 [ <MQTT> 04 02 003C <w> <a> <m> ]", .malformedPacket),
        Wrong("a will at QoS 3", .v311, "10 [ <MQTT> 04 1E 003C <w> <a> <> ]", .malformedPacket),
        Wrong("a QoS without a will", .v311, "10 [ <MQTT> 04 0A 003C <w> ]", .malformedPacket),
        Wrong("a kept will without a will", .v5, "10 [ <MQTT> 05 22 003C {} <w> ]", .malformedPacket),
        Wrong("a will with a wildcard", .v5, "10 [ <MQTT> 05 06 003C {} <w> {} <a/+> <> ]", .malformedPacket),
        Wrong("a will without a topic", .v5, "10 [ <MQTT> 05 06 003C {} <w> {} <> <> ]", .protocolError),
        Wrong(
            "a will that says it is text and is not", .v5, "10 [ <MQTT> 05 06 003C {} <w> { 01 01 } <a> (FF) ]",
            .payloadFormatInvalid),
        Wrong(
            "a will whose text is torn by a zero", .v5, "10 [ <MQTT> 05 06 003C {} <w> { 01 01 } <a> (C3 00 A9) ]",
            .payloadFormatInvalid),
        Wrong("data without a method", .v5, "10 [ <MQTT> 05 02 003C { 16 (00) } <w> ]", .protocolError),
        Wrong("no packet type", .v5, "00 00", .malformedPacket),
        Wrong("no properties", .v5, "10 [ <MQTT> 05 02 003C <w> ]", .malformedPacket),
    ]

    static let publishes: [Wrong] = [
        Wrong("QoS 3", .v5, "36 [ <a> 0001 {} ]", .malformedPacket),
        Wrong("QoS 3", .v311, "36 [ <a> 0001 ]", .malformedPacket),
        Wrong("again at QoS 0", .v5, "38 [ <a> {} ]", .malformedPacket),
        Wrong("again at QoS 0", .v311, "38 [ <a> ]", .malformedPacket),
        Wrong("the id 0", .v5, "32 [ <a> 0000 {} ]", .protocolError),
        Wrong("the id 0", .v311, "34 [ <a> 0000 ]", .protocolError),
        Wrong("a topic with #", .v5, "30 [ <a/#> {} ]", .malformedPacket),
        Wrong("a topic with +", .v311, "30 [ <+/a> ]", .malformedPacket),
        Wrong("a topic with # inside a word", .v5, "30 [ <a#b> {} ]", .malformedPacket),
        Wrong("no topic", .v311, "30 [ <> ]", .protocolError),
        Wrong("no topic and no alias", .v5, "30 [ <> {} ]", .protocolError),
        Wrong("the alias 0", .v5, "30 [ <a> { 23 0000 } ]", .topicAliasInvalid),
        Wrong("a response topic with #", .v5, "30 [ <a> { 08 <r/#> } ]", .protocolError),
        Wrong("an empty response topic", .v5, "30 [ <a> { 08 <> } ]", .protocolError),
        Wrong("the identifier 0", .v5, "30 [ <a> { 0B 00 } ]", .protocolError),
        Wrong("a topic longer than the packet", .v5, "30 [ 00FF 'a' ]", .malformedPacket),
        Wrong("properties longer than the packet", .v5, "30 [ <a> 05 01 01 ]", .malformedPacket),
        Wrong("half a property", .v5, "30 [ <a> { 02 0000 } '00' ]", .malformedPacket),
    ]

    static let requests: [Wrong] = [
        Wrong("the id 0", .v5, "82 [ 0000 {} <a> 00 ]", .protocolError),
        Wrong("the id 0", .v311, "A2 [ 0000 <a> ]", .protocolError),
        Wrong("the id 0", .v311, "82 [ 0000 <a> 00 ]", .protocolError),
        Wrong("no filter", .v5, "82 [ 0001 {} ]", .protocolError),
        Wrong("no filter", .v311, "82 [ 0001 ]", .protocolError),
        Wrong("nothing to unsubscribe", .v5, "A2 [ 0001 {} ]", .protocolError),
        Wrong("nothing to unsubscribe", .v311, "A2 [ 0001 ]", .protocolError),
        Wrong("QoS 3", .v5, "82 [ 0001 {} <a> 03 ]", .protocolError),
        Wrong("QoS 3", .v311, "82 [ 0001 <a> 03 ]", .malformedPacket),
        Wrong("options of the other version", .v311, "82 [ 0001 <a> 04 ]", .malformedPacket),
        Wrong("reserved options", .v5, "82 [ 0001 {} <a> 40 ]", .malformedPacket),
        Wrong("Retain Handling 3", .v5, "82 [ 0001 {} <a> 30 ]", .protocolError),
        Wrong("No Local of a share", .v5, "82 [ 0001 {} <$share/g/a> 04 ]", .protocolError),
        Wrong("a filter without options", .v5, "82 [ 0001 {} <a> ]", .malformedPacket),
        Wrong("an empty filter", .v5, "82 [ 0001 {} <> 00 ]", .protocolError),
        Wrong("# before the end", .v5, "82 [ 0001 {} <a/#/b> 00 ]", .malformedPacket),
        Wrong("# beside a word", .v311, "82 [ 0001 <a#> 00 ]", .malformedPacket),
        Wrong("+ beside a word", .v311, "82 [ 0001 <a/+b/c> 00 ]", .malformedPacket),
        Wrong("a share without a filter", .v5, "82 [ 0001 {} <$share/g> 00 ]", .protocolError),
        Wrong("a share with an empty filter", .v5, "82 [ 0001 {} <$share/g/> 00 ]", .protocolError),
        Wrong("a share without a name", .v5, "82 [ 0001 {} <$share//a> 00 ]", .protocolError),
        Wrong("a share with a wildcard in its name", .v5, "82 [ 0001 {} <$share/g+/a> 00 ]", .protocolError),
        Wrong("the identifier 0", .v5, "82 [ 0001 { 0B 00 } <a> 00 ]", .protocolError),
        Wrong("a ping with something in it", .v5, "C0 01 00", .malformedPacket),
        Wrong("a goodbye with something in it", .v311, "E0 01 00", .malformedPacket),
        Wrong("AUTH", .v311, "F0 00", .malformedPacket),
    ]

    static let answers: [Wrong] = [
        Wrong("CONNACK with reserved flags", .v5, "20 03 02 00 00", .malformedPacket),
        Wrong("CONNACK with a session and a refusal", .v5, "20 03 01 87 00", .protocolError),
        Wrong("CONNACK with an unknown code", .v311, "20 02 00 06", .malformedPacket),
        Wrong("CONNACK with a code of SUBACK", .v5, "20 03 00 01 00", .protocolError),
        Wrong("PUBACK with a code of PUBREL", .v5, "40 03 0001 92", .protocolError),
        Wrong("PUBREC with a code nobody has", .v5, "50 03 0001 03", .protocolError),
        Wrong("PUBREL with a code of PUBACK", .v5, "62 03 0001 10", .protocolError),
        Wrong("PUBCOMP with the id 0", .v311, "70 02 0000", .protocolError),
        Wrong("PUBACK with a reason", .v311, "40 03 0001 00", .malformedPacket),
        Wrong("SUBACK with nothing", .v311, "90 02 0001", .protocolError),
        Wrong("SUBACK with QoS 3", .v311, "90 03 0001 03", .protocolError),
        Wrong("SUBACK with a code of MQTT 5", .v311, "90 03 0001 87", .malformedPacket),
        Wrong("SUBACK with a code of UNSUBACK", .v5, "90 04 0001 00 11", .protocolError),
        Wrong("UNSUBACK with verdicts", .v311, "B0 03 0001 00", .malformedPacket),
        Wrong("UNSUBACK with a granted QoS", .v5, "B0 04 0001 00 01", .protocolError),
        Wrong("DISCONNECT with a code of CONNACK", .v5, "E0 01 85", .protocolError),
        Wrong("AUTH with a code of DISCONNECT", .v5, "F0 02 04 00", .protocolError),
        Wrong("AUTH with a code and no properties' length", .v5, "F0 01 18", .malformedPacket),
    ]

    // covers: MQTT-2.1.3-1 (5.0), MQTT-3.6.1-1 (5.0), MQTT-3.8.1-1 (5.0), MQTT-3.10.1-1 (5.0), MQTT-3.14.1-1 (5.0)
    // covers: MQTT-3.15.1-1 (5.0), MQTT-2.2.2-1 (3.1.1), MQTT-3.6.1-1 (3.1.1), MQTT-3.8.1-1 (3.1.1)
    // covers: MQTT-3.10.1-1 (3.1.1), MQTT-3.14.1-1 (3.1.1)
    @Test func refusesReservedFlagsOfEveryPacketButPublish() throws {
        for type in PacketType.allCases where type != .publish {
            for flags: UInt8 in 0...15 {
                let allowed = [.pubRel, .subscribe, .unsubscribe].contains(type) ? 0b0010 : 0
                let read = try? header([type.rawValue << 4 | flags, 0])
                #expect((read != nil) == (flags == UInt8(allowed)), "\(type) \(flags)")
            }
        }
    }
}
