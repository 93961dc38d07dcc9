import BrokerCore
import MQTT
import Testing

/// Answers that suites compare byte for byte on the open listener.
@Suite struct SuiteAnswersTests {
    private let stage = Stage()

    private func connAck(_ properties: Properties, keepAlive: UInt16 = 0) -> ConnAck? {
        let id = stage.accept()
        stage.send(
            .connect(Connect(clientID: clientID("a"), keepAlive: keepAlive, properties: properties)), from: id)
        guard case .connAck(let answer) = stage.take(id).first else { return nil }
        return answer
    }

    @Test func namesAPlaceForResponsesToWhoAsks() {
        #expect(connAck([])?.properties.list.contains { $0.id == .responseInformation } == false)
        #expect(
            connAck([.requestResponseInformation(false)])?.properties.list
                .contains { $0.id == .responseInformation } == false)
        #expect(
            connAck([.requestResponseInformation(true)])?.properties.list
                .contains(.responseInformation(Array("response/61".utf8))) == true)
    }

    @Test func grantsAnySessionExpiry() {
        #expect(connAck([.sessionExpiryInterval(.max)])?.properties.sessionExpiryInterval == nil)
    }

    @Test func keepsASessionThatNeverExpires() {
        let kept: Properties = [.sessionExpiryInterval(.max)]
        let first = stage.client("kept", cleanStart: false, properties: kept)
        stage.end(first)
        stage.pass(100)
        let answer = stage.accept()
        stage.send(.connect(Connect(clientID: clientID("kept"), cleanStart: false, properties: kept)), from: answer)
        guard case .connAck(let packet) = stage.take(answer).first else { return #expect(Bool(false)) }
        #expect(packet.sessionPresent)
    }

    /// A first packet may be as large as its parts can be.
    // covers: MQTT-3.1.3-2 (5.0), MQTT-3.1.3-5 (5.0)
    @Test func takesTheLongestClientIDAndTheLongestWill() {
        let name = String(repeating: "n", count: 65_535)
        let payload = [UInt8](repeating: 0x77, count: 65_535)
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "gone")
        let id = stage.client(name, will: Will(topic: topicName("gone"), payload: payload))
        stage.end(id)
        #expect(stage.publishes(reader).map(\.payload) == [payload])
    }

    /// The standard has no bound for user properties: what fits a packet is taken, and passed on in order.
    // covers: MQTT-3.3.2-17 (5.0), MQTT-3.3.2-18 (5.0)
    @Test func takesAsManyUserPropertiesAsFit() {
        let many = Properties((0..<5_000).map { .userProperty(name: [0x6B], value: Array("\($0)".utf8)) })
        let id = stage.client("a", properties: many)
        _ = stage.subscribe(id, "t")
        stage.send(.publish(Publish(topic: topicName("t"), payload: [0x78], properties: many)), from: id)
        let packet = stage.takeBytes(id)
        #expect(
            packet == Packet.publish(Publish(topic: topicName("t"), payload: [0x78], properties: many)).encoded(.v5))
    }

    /// A refusal explains itself to who asks for explanations; others get the bare code.
    // covers: MQTT-3.1.2-29 (5.0)
    @Test(arguments: [true, false, nil] as [Bool?])
    func explainsItselfToWhoAsks(_ asked: Bool?) {
        let id = stage.client("a", properties: asked.map { [.requestProblemInformation($0)] } ?? [])
        _ = stage.subscribe(id, "$CONTROL/x")
        stage.send(.connect(Connect(clientID: clientID("a"))), from: id)
        guard case .disconnect(let last) = stage.take(id).last else { return #expect(Bool(false)) }
        #expect(last.reason == .protocolError)
        #expect((last.properties.reasonString != nil) == (asked == true))
    }

    // covers: MQTT-3.4.2-1 (5.0)
    @Test func saysThatNobodyWantedAMessage() {
        let writer = stage.client("writer")
        stage.publish(writer, "t", "x", qos: .atLeastOnce, packetID: 7)
        #expect(stage.take(writer) == [.pubAck(Acknowledgement(packetID: 7, reason: .noMatchingSubscribers))])
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "$share/g/t")
        stage.publish(writer, "t", "x", qos: .atLeastOnce, packetID: 8)
        #expect(stage.take(writer) == [.pubAck(Acknowledgement(packetID: 8))])
        let old = stage.client("old", version: .v311)
        stage.publish(old, "u", "x", qos: .atLeastOnce, packetID: 9)
        #expect(stage.take(old) == [.pubAck(Acknowledgement(packetID: 9))])
    }

    @Test func saysThatItHasAMessageBeforeItComesBack() {
        let id = stage.client("a")
        _ = stage.subscribe(id, "t", qos: .exactlyOnce)
        stage.publish(id, "t", "x", qos: .exactlyOnce, packetID: 301)
        let packets = stage.take(id)
        #expect(packets.first == .pubRec(Acknowledgement(packetID: 301)))
        #expect(packets.count == 2)
    }

    // covers: MQTT-3.1.2-24 (5.0)
    @Test func goesWithoutAWordIfNoWordIsSmallEnough() {
        let id = stage.accept()
        stage.send(.connect(Connect(clientID: clientID("a"), properties: [.maximumPacketSize(2)])), from: id)
        #expect(stage.take(id) == [])
        #expect(stage.closed.contains(id))
    }

    // covers: MQTT-4.8.0-1 (3.1.1), MQTT-4.13.1-1 (5.0)
    @Test(arguments: [ProtocolVersion.v311, .v5], [QoS.atLeastOnce, .exactlyOnce])
    func takesNoPubCompForWhatWasNotReleased(_ version: ProtocolVersion, _ qos: QoS) {
        let id = stage.client("a", version: version)
        _ = stage.subscribe(id, "t", qos: qos)
        stage.publish(stage.client("writer"), "t", "x", qos: qos)
        #expect(stage.publishes(id).count == 1)
        stage.send(.pubComp(Acknowledgement(packetID: 1)), from: id)
        #expect(stage.closed.contains(id))
        #expect(stage.take(id) == (version == .v5 ? [.disconnect(Disconnect(reason: .protocolError))] : []))
    }
}
