import BrokerCore
import MQTT
import TestSupport
import Testing

/// PINGREQ, DISCONNECT, AUTH, and how nonsense ends.
@Suite struct FarewellTests {
    let stage = Stage()

    // covers: MQTT-3.12.4-1 (5.0), MQTT-3.12.4-1 (3.1.1)
    @Test(arguments: bothVersions)
    func answersEveryPing(_ version: ProtocolVersion) {
        let id = stage.client("a", version: version)
        stage.send(hex("C0 00 C0 00 C0 00"), from: id)
        #expect(stage.takeBytes(id) == hex("D0 00 D0 00 D0 00"))
    }

    struct Nonsense: CustomTestStringConvertible {
        let name: String
        let bytes: String
        let reason: ReasonCode

        init(_ name: String, _ bytes: String, _ reason: ReasonCode) {
            (self.name, self.bytes, self.reason) = (name, bytes, reason)
        }

        var testDescription: String { name }
    }

    static let nonsense = [
        Nonsense("a second CONNECT", "10 [ <MQTT> 05 02 003C {} <a> ]", .protocolError),
        Nonsense("a topic that is no text", "30 [ (FF) {} ]", .malformedPacket),
        Nonsense("a topic with U+0000", "30 [ (610061) {} ]", .malformedPacket),
        Nonsense("QoS 3", "36 [ <a> 0001 {} ]", .malformedPacket),
        Nonsense("a wildcard in a topic", "30 [ <a/#> {} ]", .malformedPacket),
        Nonsense("no topic", "30 [ <> {} ]", .protocolError),
        Nonsense("the identifier 0", "32 [ <a> 0000 {} ]", .protocolError),
        Nonsense("a subscription identifier from a client", "30 [ <a> { 0B 01 } ]", .protocolError),
        Nonsense("a property twice", "30 [ <a> { 01 00 01 00 } ]", .protocolError),
        Nonsense("a property of another packet", "30 [ <a> { 21 0001 } ]", .malformedPacket),
        Nonsense("a response topic with a wildcard", "30 [ <a> { 08 <r/+> } ]", .protocolError),
        Nonsense("the alias 0", "30 [ <a> { 23 0000 } ]", .topicAliasInvalid),
        Nonsense("an alias that stands for nothing", "30 [ <> { 23 0001 } ]", .protocolError),
        Nonsense("SUBSCRIBE without filters", "82 [ 0001 {} ]", .protocolError),
        Nonsense("a reserved option", "82 [ 0001 {} <a> C0 ]", .malformedPacket),
        Nonsense("No Local of a share", "82 [ 0001 {} <$share/g/a> 04 ]", .protocolError),
        Nonsense("a share without a filter", "82 [ 0001 {} <$share/g> 00 ]", .protocolError),
        Nonsense("UNSUBSCRIBE without filters", "A2 [ 0001 {} ]", .protocolError),
        Nonsense("PUBREL with the wrong flags", "60 02 0001", .malformedPacket),
        Nonsense("SUBSCRIBE with the wrong flags", "80 [ 0001 {} <a> 00 ]", .malformedPacket),
        Nonsense("UNSUBSCRIBE with the wrong flags", "A0 [ 0001 {} <a> ]", .malformedPacket),
        Nonsense("DISCONNECT with the wrong flags", "E1 00", .malformedPacket),
        Nonsense("AUTH with the wrong flags", "F1 00", .malformedPacket),
        Nonsense("a code of PUBREL nobody has", "62 03 0001 10", .protocolError),
        Nonsense("a code nobody says goodbye with", "E0 01 01", .protocolError),
        Nonsense("a length too long", "C0 80 00", .malformedPacket),
        Nonsense("the packet type 0", "00 00", .malformedPacket),
        Nonsense("CONNACK", "20 03 00 00 00", .protocolError),
        Nonsense("SUBACK", "90 04 0001 00 00", .protocolError),
        Nonsense("UNSUBACK", "B0 04 0001 00 00", .protocolError),
        Nonsense("PINGRESP", "D0 00", .protocolError),
        Nonsense("AUTH without a method", "F0 00", .protocolError),
        Nonsense("authentication anew without a method", "F0 [ 19 { 15 <M> } ]", .protocolError),
        Nonsense("an answer to no authentication", "F0 [ 18 { 15 <M> } ]", .protocolError),
    ]

    /// MQTT 5 is told why, closed, and nothing that follows is read.
    // covers: MQTT-4.13.1-1 (5.0), MQTT-4.13.2-1 (5.0), MQTT-3.1.0-2 (5.0), MQTT-1.5.4-1 (5.0), MQTT-1.5.4-2 (5.0)
    // covers: MQTT-2.2.1-3 (5.0), MQTT-3.3.1-4 (5.0), MQTT-3.3.4-6 (5.0), MQTT-3.3.2-8 (5.0), MQTT-3.6.1-1 (5.0)
    // covers: MQTT-3.8.1-1 (5.0), MQTT-3.10.1-1 (5.0), MQTT-3.14.1-1 (5.0), MQTT-3.15.1-1 (5.0), MQTT-3.14.4-1 (5.0)
    // covers: MQTT-3.14.4-2 (5.0), MQTT-4.12.0-7 (5.0), MQTT-4.12.1-1 (5.0), MQTT-4.12.1-2 (5.0), MQTT-3.14.2-1 (5.0)
    // covers: MQTT-3.14.2-2 (5.0)
    @Test(arguments: nonsense)
    func endsNonsenseWithItsReason(_ nonsense: Nonsense) {
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "#")
        let id = stage.client("a")
        stage.send(hex(nonsense.bytes) + hex("30 [ <t> {} ] C0 00"), from: id)
        #expect(stage.closed.contains(id))
        let packets = stage.take(id)
        guard case .disconnect(let last) = packets.last else { return #expect(Bool(false), "\(packets)") }
        #expect(last.reason == nonsense.reason)
        #expect(packets.count == 1)
        #expect(last.properties.sessionExpiryInterval == nil, "only a client says that")
        #expect(stage.publishes(reader) == [])
    }

    static let oldNonsense = [
        "10 [ <MQTT> 04 02 003C <a> ]", "30 [ (FF) ]", "30 [ (610061) ]", "36 [ <a> 0001 ]", "38 [ <a> ]",
        "30 [ <a/#> ]", "30 [ <> ]", "32 [ <a> 0000 ]", "82 [ 0001 ]", "82 [ 0001 <a> 03 ]", "82 [ 0001 <a> 04 ]",
        "82 [ 0000 <a> 00 ]", "A2 [ 0001 ]", "A2 [ 0000 <a> ]", "60 02 0001", "80 [ 0001 <a> 00 ]",
        "A0 [ 0001 <a> ]", "C1 00", "E1 00", "C0 80 00", "00 00", "20 02 00 00", "90 03 0001 00", "B0 02 0001",
        "D0 00", "F0 00", "40 03 0001 00",
    ]

    /// 3.1.1 has no goodbye of the server: it is only closed.
    // covers: MQTT-4.8.0-1 (3.1.1), MQTT-3.1.0-2 (3.1.1), MQTT-1.5.3-1 (3.1.1), MQTT-1.5.3-2 (3.1.1)
    // covers: MQTT-2.2.2-2 (3.1.1), MQTT-2.3.1-1 (3.1.1), MQTT-3.3.1-4 (3.1.1), MQTT-3.6.1-1 (3.1.1)
    // covers: MQTT-3.8.1-1 (3.1.1), MQTT-3-8.3-4 (3.1.1), MQTT-3.10.1-1 (3.1.1), MQTT-3.14.1-1 (3.1.1)
    @Test(arguments: oldNonsense)
    func closesTheOldVersionWithoutAWord(_ bytes: String) {
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "#")
        let id = stage.client("a", version: .v311)
        stage.send(hex(bytes) + hex("30 [ <t> ] C0 00"), from: id)
        #expect(stage.closed.contains(id))
        #expect(stage.takeBytes(id) == [])
        #expect(stage.publishes(reader) == [])
    }

    // covers: MQTT-3.14.4-1 (5.0), MQTT-3.14.4-2 (5.0), MQTT-3.14.4-1 (3.1.1), MQTT-3.14.4-2 (3.1.1)
    @Test(arguments: bothVersions)
    func closesWhoSaysGoodbyeAndReadsNothingMore(_ version: ProtocolVersion) {
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "#")
        let id = stage.client("a", version: version)
        stage.send(hex("E0 00 C0 00") + hex(version == .v5 ? "30 [ <t> {} ]" : "30 [ <t> ]"), from: id)
        #expect(stage.closed.contains(id))
        #expect(stage.takeBytes(id) == [], "neither PINGRESP nor DISCONNECT")
        #expect(stage.publishes(reader) == [])
    }

    /// Who was not let in gets no DISCONNECT, whatever it did.
    // covers: MQTT-3.14.0-1 (5.0), MQTT-3.1.0-1 (5.0), MQTT-3.1.0-1 (3.1.1)
    @Test(arguments: [
        "C0 00", "E0 00", "F0 00", "00 00", "F1 00", "30 03 <a>", "10 80 80 80 80", "82 [ 0001 {} <a> 00 ]",
    ])
    func saysNothingToWhoDidNotGreet(_ bytes: String) {
        let id = stage.accept()
        stage.send(hex(bytes), from: id)
        #expect(stage.closed.contains(id))
        #expect(stage.takeBytes(id) == [])
    }

    /// Every end the broker itself decides on: one DISCONNECT, a reason from the list, no Session Expiry, the last packet.
    // covers: MQTT-3.14.2-1 (5.0), MQTT-3.14.2-2 (5.0), MQTT-3.14.4-1 (5.0), MQTT-3.14.4-2 (5.0)
    @Test func saysGoodbyeOnceAndProperly() {
        let ends: [(ReasonCode, (Stage, ConnectionID) -> Void)] = [
            (.keepAliveTimeout, { stage, _ in stage.pass(31) }),
            (.sessionTakenOver, { stage, _ in _ = stage.client("a") }),
            (.serverShuttingDown, { stage, _ in stage.withBroker { broker, now in broker.stopping(at: now) } }),
            (.packetTooLarge, { stage, id in stage.send(hex("30 FF FF FF 7F"), from: id) }),
            (
                .administrativeAction,
                { stage, id in
                    stage.withBroker { broker, now in
                        broker.cut(id, reason: .administrativeAction, fireWill: true, cleanSession: true, at: now)
                    }
                }
            ),
        ]
        for (reason, end) in ends {
            let stage = Stage()
            let id = stage.client("a", keepAlive: 20, properties: [.sessionExpiryInterval(100)])
            end(stage, id)
            let packets = stage.take(id)
            guard case .disconnect(let last) = packets.last else { return #expect(Bool(false), "\(packets)") }
            #expect(last.reason == reason && packets.count == 1)
            #expect(last.properties.sessionExpiryInterval == nil)
            #expect(stage.closed.contains(id))
            stage.pass(5)
            #expect(stage.takeBytes(id) == [])
        }
    }

    /// The packet is not waited for: its length alone is too much.
    // covers: MQTT-3.2.2-15 (5.0)
    @Test func endsWhoSendsMoreThanItWasTold() throws {
        let (id, answer) = stage.greet(Connect(clientID: clientID("a")))
        let most = Int(try #require(answer?.properties.maximumPacketSize))
        // The first byte and three of the length stand in front.
        var header: [UInt8] = [0x30]
        header.append(variableInteger: most - 4 + 1)
        #expect(header.count == 4)
        stage.send(header, from: id)
        #expect(stage.goodbye(id) == .packetTooLarge)
        let other = stage.client("b")
        let payload = [UInt8](repeating: 0, count: most - 4 - 3 - 1)
        stage.send(.publish(Publish(topic: topicName("t"), payload: payload)), from: other)
        #expect(!stage.closed.contains(other), "as much as it was told is taken")
    }

    // covers: MQTT-3.2.2-14 (5.0), MQTT-3.2.2-13 (5.0)
    @Test func endsWhoRetainsWhereItWasToldNotTo() {
        let (id, answer) = stage.greet(Connect(clientID: clientID("\(Cast.worker)")), .worker(pool: Cast.pool))
        #expect(answer?.properties.list.contains(.retainAvailable(false)) == true)
        stage.publish(id, Cast.writeonly, "x", retain: true)
        #expect(stage.goodbye(id) == .retainNotSupported)
        let will = Will(topic: topicName(Cast.writeonly), payload: [], retain: true)
        let refused = stage.greet(Connect(clientID: clientID("\(Cast.worker)"), will: will), .worker(pool: Cast.pool))
        #expect(refused.answer?.reason == .retainNotSupported)
        #expect(stage.closed.contains(refused.id))
        #expect(stage.handOvers == [])
    }
}
