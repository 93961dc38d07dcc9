import BrokerCore
import MQTT
import TestSupport
import Testing

/// What a client can take: the size it named, and whether it wants to read why.
@Suite struct PacketSizeTests {
    /// Goes through every answer that carries a reason: at each size, nothing larger comes, and what a client must
    /// know to go on comes at every size it fits in.
    // covers: MQTT-3.1.2-24 (5.0), MQTT-3.2.2-19 (5.0), MQTT-3.2.2-20 (5.0), MQTT-3.4.2-2 (5.0), MQTT-3.4.2-3 (5.0)
    // covers: MQTT-3.5.2-2 (5.0), MQTT-3.5.2-3 (5.0), MQTT-3.6.2-2 (5.0), MQTT-3.6.2-3 (5.0), MQTT-3.7.2-2 (5.0)
    // covers: MQTT-3.7.2-3 (5.0), MQTT-3.9.2-1 (5.0), MQTT-3.9.2-2 (5.0), MQTT-3.11.2-1 (5.0), MQTT-3.11.2-2 (5.0)
    // covers: MQTT-3.14.2-3 (5.0), MQTT-3.14.2-4 (5.0)
    @Test func sendsNoReasonThatDoesNotFit() {
        // CONNACK has more to say than a reason: below its size the client is not told, from 40 bytes on it is.
        for size in 40...120 as ClosedRange<UInt32> {
            let stage = Stage()
            let (id, answer) = stage.greet(
                Connect(
                    clientID: clientID("a"),
                    properties: [.maximumPacketSize(size), .requestProblemInformation(true)]))
            #expect(answer?.reason == .success, "\(size)")
            let forbidden = "$CONTROL/broker/v1"
            let asked: [(Packet, expected: UInt8, least: Int)] = [
                (.publish(message(forbidden, .atLeastOnce, 1)), 0x40, 5),
                (.publish(message(forbidden, .exactlyOnce, 2)), 0x50, 5),
                (.publish(message("t", .exactlyOnce, 3)), 0x50, 4),
                (.pubRel(Acknowledgement(packetID: 3)), 0x70, 4), (.pubRel(Acknowledgement(packetID: 4)), 0x70, 5),
                (.pubRec(Acknowledgement(packetID: 5)), 0x62, 5),
                (
                    .subscribe(Subscribe(packetID: 6, subscriptions: [Subscription(filter: topicFilter(forbidden))])),
                    0x90, 6
                ),
                (.unsubscribe(Unsubscribe(packetID: 7, filters: [topicFilter("never")])), 0xB0, 6),
                (.publish(message(forbidden, .atMostOnce, 0)), 0xE0, 3),
            ]
            for (packet, expected, least) in asked {
                stage.send(packet, from: id)
                let bytes = stage.takeBytes(id)
                #expect(bytes.count <= Int(size), "\(packet) at \(size): \(shown(bytes))")
                #expect(bytes.first == expected && bytes.count >= least, "\(packet) at \(size): \(shown(bytes))")
            }
        }
    }

    /// A refusal says why if there is room, and what it is in any case.
    // covers: MQTT-3.2.2-19 (5.0), MQTT-3.2.2-20 (5.0), MQTT-3.1.2-24 (5.0)
    @Test func refusesInAsFewBytesAsTheClientTakes() {
        for size in 5...80 as ClosedRange<UInt32> {
            let stage = Stage()
            let id = stage.accept()
            let properties: Properties = [.maximumPacketSize(size), .authenticationMethod(Array("M".utf8))]
            stage.send(.connect(Connect(clientID: clientID("a"), properties: properties)), from: id)
            let bytes = stage.takeBytes(id)
            #expect(bytes.count <= Int(size), "\(size): \(shown(bytes))")
            #expect(bytes.starts(with: [0x20]) && bytes[3] == 0x8C, "\(size): \(shown(bytes))")
        }
    }

    /// Who is not told CONNACK was never let in, and leaves no will. [MQTT-3.1.2-7]
    @Test func saysNoWillOfWhoTakesNoConnAck() {
        let stage = Stage()
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "t")
        let id = stage.accept()
        stage.send(
            .connect(
                Connect(
                    clientID: clientID("a"), properties: [.maximumPacketSize(10)],
                    will: Will(topic: topicName("t"), payload: [1]))), from: id)
        #expect(stage.take(id) == [] && stage.closed.contains(id))
        #expect(stage.publishes(reader).isEmpty)
    }

    /// Too large a message counts as delivered: its place in the quota is free, its identifier too, and what comes
    /// after it is not held up.
    // covers: MQTT-3.1.2-24 (5.0), MQTT-3.1.2-25 (5.0)
    @Test(arguments: [QoS.atMostOnce, .atLeastOnce, .exactlyOnce])
    func passesOverWhatIsTooLarge(_ qos: QoS) {
        let stage = Stage()
        let properties: Properties = [
            .maximumPacketSize(40), .receiveMaximum(1), .sessionExpiryInterval(100),
        ]
        let reader = stage.client("reader", cleanStart: false, properties: properties)
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t", qos: qos)
        let large = String(repeating: "x", count: 100)
        for text in [large, large, "small", large, "last"] { stage.publish(writer, "t", text, qos: .atLeastOnce) }
        #expect(stage.drain(reader).map(\.text) == ["small", "last"])
        // The same for what waited while the client was away.
        stage.end(reader)
        for text in [large, "kept", large] { stage.publish(writer, "t", text, qos: .atLeastOnce) }
        let again = stage.client("reader", cleanStart: false, properties: properties)
        #expect(stage.drain(again).map(\.text) == (qos == .atMostOnce ? [] : ["kept"]))
        stage.publish(writer, "t", "after", qos: .atLeastOnce)
        #expect(stage.drain(again).map(\.text) == ["after"])
    }

    /// What a message was sent as is what counts: a client that takes less the next time loses it, and nothing else.
    // covers: MQTT-3.1.2-24 (5.0), MQTT-3.1.2-25 (5.0)
    @Test func passesOverWhatBecameTooLarge() {
        let stage = Stage()
        let reader = stage.client("reader", cleanStart: false, properties: kept(.v5))
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        for text in [String(repeating: "x", count: 100), "small"] {
            stage.publish(writer, "t", text, qos: .atLeastOnce)
        }
        #expect(stage.publishes(reader).count == 2)
        stage.end(reader)
        let again = stage.client("reader", cleanStart: false, properties: kept(.v5, [.maximumPacketSize(40)]))
        #expect(stage.drain(again).map(\.text) == ["small"])
        stage.publish(writer, "t", "after", qos: .atLeastOnce)
        #expect(stage.drain(again).map(\.text) == ["after"])
    }

    /// Who does not want to read why gets codes alone, except where the standard allows more.
    // covers: MQTT-3.1.2-29 (5.0)
    @Test func saysWhyOnlyToWhoWantsToReadIt() {
        for wanted in [true, false] {
            let stage = Stage()
            let id = stage.client("a", properties: [.requestProblemInformation(wanted)])
            let forbidden = "$CONTROL/broker/v1"
            stage.publish(id, forbidden, "x", qos: .atLeastOnce, packetID: 1)
            stage.publish(id, forbidden, "x", qos: .exactlyOnce, packetID: 2)
            stage.subscribe(id, packetID: 3, [Subscription(filter: topicFilter(forbidden))])
            stage.send(.unsubscribe(Unsubscribe(packetID: 4, filters: [topicFilter("never")])), from: id)
            stage.send(.pubRel(Acknowledgement(packetID: 5)), from: id)
            stage.send(.pubRec(Acknowledgement(packetID: 6)), from: id)
            let packets = stage.take(id)
            #expect(packets.count == 6)
            let said = packets.contains { !properties(of: $0).isEmpty }
            #expect(said == wanted, "\(packets)")
        }
    }

    private func properties(of packet: Packet) -> Properties {
        switch packet {
        case .pubAck(let answer), .pubRec(let answer), .pubRel(let answer), .pubComp(let answer): answer.properties
        case .subAck(let answer): answer.properties
        case .unsubAck(let answer): answer.properties
        default: []
        }
    }

    private func message(_ topic: String, _ qos: QoS, _ id: UInt16) -> Publish {
        Publish(topic: topicName(topic), payload: [], qos: qos, packetID: id)
    }
}
