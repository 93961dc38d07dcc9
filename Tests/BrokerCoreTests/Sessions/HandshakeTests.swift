import BrokerCore
import MQTT
import Testing

/// The handshakes of QoS 1 and 2 from both ends: the broker as receiver, and the broker as sender.
@Suite struct HandshakeTests {
    let stage = Stage()

    private func reader(
        _ version: ProtocolVersion, qos: QoS = .exactlyOnce, properties: Properties = []
    ) -> ConnectionID {
        let id = stage.client("reader", version: version, cleanStart: false, properties: kept(version, properties))
        _ = stage.subscribe(id, "t", qos: qos)
        return id
    }

    private func again(_ version: ProtocolVersion) -> ConnectionID {
        stage.client("reader", version: version, cleanStart: false, properties: kept(version))
    }

    // MARK: - Receiving

    /// Every quality of service is answered as it demands, under the identifier of the message.
    // covers: MQTT-3.3.4-1 (5.0), MQTT-2.2.1-5 (5.0), MQTT-4.3.2-4 (5.0), MQTT-4.3.3-8 (5.0), MQTT-4.3.3-11 (5.0)
    // covers: MQTT-3.3.4-1 (3.1.1), MQTT-2.3.1-6 (3.1.1), MQTT-4.3.2-2 (3.1.1), MQTT-4.3.3-2 (3.1.1)
    @Test(arguments: bothVersions)
    func answersAsTheQualityDemands(_ version: ProtocolVersion) {
        let reader = stage.client("reader", version: version)
        _ = stage.subscribe(reader, "t")
        let id = stage.client("a", version: version)
        stage.publish(id, "t", "0")
        #expect(stage.take(id) == [])
        stage.publish(id, "t", "1", qos: .atLeastOnce, packetID: 0x1234)
        #expect(stage.take(id) == [.pubAck(Acknowledgement(packetID: 0x1234))])
        stage.publish(id, "t", "2", qos: .exactlyOnce, packetID: 0xFFFF)
        #expect(stage.take(id) == [.pubRec(Acknowledgement(packetID: 0xFFFF))])
        stage.send(.pubRel(Acknowledgement(packetID: 0xFFFF)), from: id)
        #expect(stage.take(id) == [.pubComp(Acknowledgement(packetID: 0xFFFF))])
    }

    /// An identifier says nothing about a message of QoS 1 once it is acknowledged, DUP or not.
    // covers: MQTT-4.3.2-5 (5.0), MQTT-4.3.2-2 (3.1.1)
    @Test(arguments: bothVersions)
    func takesTheSameIdentifierForANewMessage(_ version: ProtocolVersion) {
        let reader = reader(version, qos: .atLeastOnce)
        let writer = stage.client("writer", version: version)
        for text in ["1", "2"] { stage.publish(writer, "t", text, qos: .atLeastOnce, packetID: 7) }
        stage.publish(writer, "t", "2", qos: .atLeastOnce, duplicate: true, packetID: 7)
        #expect(stage.drain(reader).map(\.text) == ["1", "2", "2"])
        #expect(stage.take(writer) == [Packet](repeating: .pubAck(Acknowledgement(packetID: 7)), count: 3))
    }

    /// Until PUBREL the identifier is that message's, on the next connection too; from PUBCOMP on it is free.
    // covers: MQTT-4.3.3-10 (5.0), MQTT-4.3.3-11 (5.0), MQTT-4.3.3-12 (5.0), MQTT-4.3.3-2 (3.1.1), MQTT-2.3.1-2 (3.1.1)
    // covers: MQTT-2.3.1-3 (3.1.1)
    @Test(arguments: bothVersions)
    func takesAMessageOfQoS2OnceOverConnections(_ version: ProtocolVersion) {
        let reader = reader(version)
        let writer = stage.client("writer", version: version, cleanStart: false, properties: kept(version))
        stage.publish(writer, "t", "1", qos: .exactlyOnce, packetID: 7)
        stage.publish(writer, "t", "1", qos: .exactlyOnce, duplicate: true, packetID: 7)
        stage.end(writer)
        let next = stage.client("writer", version: version, cleanStart: false, properties: kept(version))
        stage.publish(next, "t", "1", qos: .exactlyOnce, duplicate: true, packetID: 7)
        #expect(stage.take(next) == [.pubRec(Acknowledgement(packetID: 7))])
        stage.send(.pubRel(Acknowledgement(packetID: 7)), from: next)
        #expect(stage.take(next) == [.pubComp(Acknowledgement(packetID: 7))])
        #expect(stage.drain(reader).map(\.text) == ["1"])
        stage.publish(next, "t", "2", qos: .exactlyOnce, packetID: 7)
        #expect(stage.drain(reader).map(\.text) == ["2"])
    }

    /// A refused message leaves nothing behind: its identifier is free at once.
    // covers: MQTT-4.3.3-9 (5.0)
    @Test func keepsNothingOfWhatItRefused() {
        let reader = reader(.v5)
        let writer = stage.client("writer")
        stage.publish(writer, "$CONTROL/broker/v1", "no", qos: .exactlyOnce, packetID: 7)
        guard case .pubRec(let refusal) = stage.take(writer).first else { return #expect(Bool(false)) }
        #expect(refusal.reason == .notAuthorized)
        stage.publish(writer, "t", "yes", qos: .exactlyOnce, packetID: 7)
        #expect(stage.take(writer) == [.pubRec(Acknowledgement(packetID: 7))])
        #expect(stage.drain(reader).map(\.text) == ["yes"])
    }

    /// The time of a message does not run out between its PUBLISH and its PUBCOMP, on neither side.
    // covers: MQTT-4.3.3-7 (5.0), MQTT-4.3.3-13 (5.0), MQTT-4.3.3-5 (5.0)
    @Test func endsTheHandshakeOfAMessageWhoseTimeIsOver() {
        let reader = reader(.v5)
        let writer = stage.client("writer", cleanStart: false, properties: kept(.v5))
        stage.publish(writer, "t", "x", qos: .exactlyOnce, packetID: 7, properties: [.messageExpiryInterval(2)])
        #expect(stage.publishes(reader).map(\.text) == ["x"])
        stage.end(reader)
        stage.pass(10)
        stage.publish(
            writer, "t", "x", qos: .exactlyOnce, duplicate: true, packetID: 7,
            properties: [.messageExpiryInterval(2)])
        stage.send(.pubRel(Acknowledgement(packetID: 7)), from: writer)
        let acknowledged = Acknowledgement(packetID: 7)
        #expect(stage.take(writer) == [.pubRec(acknowledged), .pubRec(acknowledged), .pubComp(acknowledged)])
        let next = again(.v5)
        #expect(stage.drain(next).map(\.text) == ["x"], "once sent, it is sent until it is answered")
        #expect(stage.take(next) == [])
    }

    // MARK: - Sending

    /// A message goes out as new, under an identifier that is free, and stays until it is acknowledged.
    // covers: MQTT-4.3.1-1 (5.0), MQTT-4.3.2-1 (5.0), MQTT-4.3.2-2 (5.0), MQTT-4.3.2-3 (5.0), MQTT-4.3.3-1 (5.0)
    // covers: MQTT-4.3.3-2 (5.0), MQTT-4.3.3-3 (5.0), MQTT-2.2.1-4 (5.0), MQTT-2.2.1-2 (5.0), MQTT-3.3.1-1 (5.0)
    // covers: MQTT-3.3.1-2 (5.0), MQTT-4.4.0-1 (5.0), MQTT-4.3.1-1 (3.1.1), MQTT-4.3.2-1 (3.1.1), MQTT-4.3.3-1 (3.1.1)
    // covers: MQTT-2.3.1-4 (3.1.1), MQTT-2.3.1-5 (3.1.1), MQTT-3.3.1-1 (3.1.1), MQTT-3.3.1-2 (3.1.1)
    // covers: MQTT-4.4.0-1 (3.1.1)
    @Test(arguments: bothVersions)
    func sendsUntilItIsAcknowledged(_ version: ProtocolVersion) {
        let reader = reader(version)
        let writer = stage.client("writer")
        for qos in [QoS.atMostOnce, .atLeastOnce, .exactlyOnce, .atLeastOnce] {
            stage.say(writer, "t", "\(qos)", qos: qos)
        }
        let first = stage.publishes(reader)
        #expect(first.map(\.qos) == [.atMostOnce, .atLeastOnce, .exactlyOnce, .atLeastOnce])
        #expect(first.allSatisfy { !$0.duplicate })
        #expect(first[0].packetID == 0)
        let ids = first.dropFirst().map(\.packetID)
        #expect(Set(ids).count == 3 && !ids.contains(0))
        // Nothing is sent again while the connection stands, however long it takes.
        stage.pass(120)
        #expect(stage.take(reader) == [])
        stage.send(.pubAck(Acknowledgement(packetID: ids[0])), from: reader)
        stage.end(reader)
        let next = again(version)
        let second = stage.publishes(next)
        #expect(second.map(\.packetID) == Array(ids.dropFirst()), "the identifiers they had")
        #expect(second.allSatisfy { $0.duplicate })
        #expect(second.map(\.payload) == first.suffix(2).map(\.payload))
        #expect(stage.take(next) == [])
    }

    /// After PUBREC it is PUBREL that is sent, and sent again, and never the message.
    // covers: MQTT-4.3.3-4 (5.0), MQTT-4.3.3-5 (5.0), MQTT-4.3.3-6 (5.0), MQTT-4.4.0-1 (5.0), MQTT-2.2.1-5 (5.0)
    // covers: MQTT-4.3.3-1 (3.1.1), MQTT-4.4.0-1 (3.1.1), MQTT-2.3.1-6 (3.1.1)
    @Test(arguments: bothVersions)
    func releasesUntilItIsCompleted(_ version: ProtocolVersion) {
        var id = reader(version)
        let writer = stage.client("writer")
        stage.say(writer, "t", "x", qos: .exactlyOnce)
        let message = stage.publishes(id)[0]
        let received = Packet.pubRec(Acknowledgement(packetID: message.packetID))
        let release = Packet.pubRel(Acknowledgement(packetID: message.packetID))
        stage.send(received, from: id)
        #expect(stage.take(id) == [release])
        for _ in 0..<3 {
            stage.end(id)
            id = again(version)
            #expect(stage.take(id) == [release])
        }
        stage.send(received, from: id)
        #expect(stage.take(id) == [release], "a PUBREC that was under way is answered like the first")
        stage.send(.pubComp(Acknowledgement(packetID: message.packetID)), from: id)
        stage.end(id)
        #expect(stage.take(again(version)) == [])
    }

    /// A client that refuses a message has it no more to expect, nor its PUBREL.
    // covers: MQTT-4.4.0-2 (5.0), MQTT-4.3.3-4 (5.0)
    @Test(arguments: [QoS.atLeastOnce, .exactlyOnce])
    func takesARefusalForAnAcknowledgement(_ qos: QoS) {
        let id = reader(.v5, properties: [.receiveMaximum(1)])
        let writer = stage.client("writer")
        for text in ["refused", "next"] { stage.say(writer, "t", text, qos: qos) }
        let message = stage.publishes(id)[0]
        let refusal = Acknowledgement(packetID: message.packetID, reason: .implementationSpecificError)
        stage.send(qos == .atLeastOnce ? .pubAck(refusal) : .pubRec(refusal), from: id)
        let packets = stage.take(id)
        guard packets.count == 1, case .publish(let next) = packets[0] else {
            return #expect(Bool(false), "no PUBREL, and the place is free: \(packets)")
        }
        #expect(next.text == "next" && !next.duplicate)
        stage.end(id)
        #expect(stage.drain(again(.v5)).map(\.text) == ["next"])
    }

    /// DUP is between two ends of one connection: a message that came again goes out as new.
    // covers: MQTT-3.3.1-3 (5.0), MQTT-3.3.1-3 (3.1.1), MQTT-4.3.2-2 (5.0), MQTT-4.3.3-2 (5.0)
    @Test(arguments: bothVersions)
    func doesNotPassDUPOn(_ version: ProtocolVersion) {
        let reader = reader(version)
        let writer = stage.client("writer", version: version)
        stage.publish(writer, "t", "1", qos: .atLeastOnce, duplicate: true, packetID: 1)
        stage.publish(writer, "t", "2", qos: .exactlyOnce, duplicate: true, packetID: 2)
        #expect(stage.publishes(reader).map(\.duplicate) == [false, false])
        stage.end(reader)
        stage.publish(writer, "t", "3", qos: .atLeastOnce, packetID: 3)
        let messages = stage.publishes(again(version))
        #expect(messages.map(\.text) == ["1", "2", "3"])
        #expect(messages.map(\.duplicate) == [true, true, false], "sent again, sent again, sent first")
    }

    /// Acknowledgements of what was never sent change nothing, and break nothing.
    // covers: MQTT-3.7.2-1 (5.0), MQTT-3.6.2-1 (5.0)
    @Test func answersForIdentifiersItDoesNotKnow() {
        let new = stage.client("new")
        stage.send(.pubAck(Acknowledgement(packetID: 9)), from: new)
        stage.send(.pubComp(Acknowledgement(packetID: 9)), from: new)
        #expect(stage.take(new) == [])
        let unknown = Acknowledgement(packetID: 9, reason: .packetIdentifierNotFound)
        stage.send(.pubRec(Acknowledgement(packetID: 9)), from: new)
        stage.send(.pubRel(Acknowledgement(packetID: 9)), from: new)
        #expect(stage.take(new) == [.pubRel(unknown), .pubComp(unknown)])
        #expect(!stage.closed.contains(new))
    }
}
