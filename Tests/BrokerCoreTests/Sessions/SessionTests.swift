import BrokerCore
import MQTT
import Testing

@Suite struct SessionTests {
    let stage = Stage()
    private let kept: Properties = [.sessionExpiryInterval(60)]

    // covers: MQTT-3.1.2-5 (5.0), MQTT-3.1.2-23 (5.0), MQTT-3.2.2-3 (5.0), MQTT-3.1.2-4 (3.1.1), MQTT-3.1.2-5 (3.1.1)
    // covers: MQTT-3.2.2-2 (3.1.1)
    @Test(arguments: [ProtocolVersion.v311, .v5])
    func keepsMessagesForAClientThatComesBack(_ version: ProtocolVersion) {
        let properties = version == .v5 ? kept : []
        let reader = stage.client("reader", version: version, cleanStart: false, properties: properties)
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t", qos: .exactlyOnce)
        stage.end(reader)
        stage.publish(writer, "t", "0")
        stage.publish(writer, "t", "1", qos: .atLeastOnce)
        stage.publish(writer, "t", "2", qos: .exactlyOnce, packetID: 2)
        let again = stage.accept()
        stage.send(
            .connect(
                Connect(version: version, clientID: clientID("reader"), cleanStart: false, properties: properties)),
            from: again)
        let packets = stage.take(again)
        guard case .connAck(let answer) = packets.first else { return #expect(Bool(false)) }
        #expect(answer.sessionPresent)
        #expect(
            packets.dropFirst().map { if case .publish(let message) = $0 { message.text } else { "" } } == ["1", "2"])
    }

    // covers: MQTT-3.3.1-1 (5.0), MQTT-4.3.3-5 (5.0), MQTT-4.4.0-1 (5.0)
    @Test func sendsAgainWhatWasNotAcknowledgedUnderItsOldNumber() {
        let reader = stage.client("reader", cleanStart: false, properties: kept)
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t", qos: .exactlyOnce)
        for number in 0..<3 { stage.publish(writer, "t", "\(number)", qos: .exactlyOnce, packetID: UInt16(number + 1)) }
        #expect(stage.publishes(reader).map(\.packetID) == [1, 2, 3])
        stage.send(.pubRec(Acknowledgement(packetID: 2)), from: reader)
        #expect(stage.take(reader) == [.pubRel(Acknowledgement(packetID: 2))])
        stage.end(reader)
        let again = stage.client("reader", cleanStart: false, properties: kept)
        let packets = stage.take(again)
        #expect(packets.count == 3)
        guard case .publish(let first) = packets[0], case .publish(let third) = packets[2] else {
            return #expect(Bool(false))
        }
        #expect(first.duplicate && first.packetID == 1 && first.text == "0")
        #expect(packets[1] == .pubRel(Acknowledgement(packetID: 2)))
        #expect(third.duplicate && third.packetID == 3)
        for id in [1, 3] as [UInt16] { stage.send(.pubRec(Acknowledgement(packetID: id)), from: again) }
        for id in [1, 2, 3] as [UInt16] { stage.send(.pubComp(Acknowledgement(packetID: id)), from: again) }
        stage.end(again)
        let last = stage.client("reader", cleanStart: false, properties: kept)
        #expect(stage.take(last) == [])
    }

    // covers: MQTT-4.1.0-2 (5.0)
    @Test func forgetsASessionWhenItsTimeIsOver() {
        let reader = stage.client("reader", cleanStart: false, properties: kept)
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        stage.end(reader)
        stage.pass(59.5)
        let again = stage.client("reader", cleanStart: false, properties: kept)
        stage.end(again)
        stage.pass(61)
        let id = stage.accept()
        stage.send(.connect(Connect(clientID: clientID("reader"), cleanStart: false)), from: id)
        guard case .connAck(let answer) = stage.take(id).first else { return #expect(Bool(false)) }
        #expect(!answer.sessionPresent)
    }

    // covers: MQTT-3.1.2-4 (5.0)
    @Test func discardsTheSessionOnACleanStart() {
        let reader = stage.client("reader", cleanStart: false, properties: kept)
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        stage.end(reader)
        stage.publish(writer, "t", "x", qos: .atLeastOnce)
        let clean = stage.client("reader", cleanStart: true)
        #expect(stage.take(clean) == [])
        stage.publish(writer, "t", "x", qos: .atLeastOnce)
        #expect(stage.take(clean) == [])
    }

    // covers: MQTT-3.1.4-3 (5.0)
    @Test func endsASessionWithoutExpiryWithItsConnectionEvenWhenTakenOver() {
        let old = stage.client("reader")
        _ = stage.subscribe(old, "t")
        let new = stage.accept()
        stage.send(.connect(Connect(clientID: clientID("reader"), cleanStart: false)), from: new)
        guard case .connAck(let answer) = stage.take(new).first else { return #expect(Bool(false)) }
        #expect(!answer.sessionPresent)
        guard case .disconnect(let last) = stage.take(old).last else { return #expect(Bool(false)) }
        #expect(last.reason == .sessionTakenOver)
        let writer = stage.client("writer")
        stage.publish(writer, "t", "x")
        #expect(stage.publishes(new) == [])
    }

    @Test func dampsTwoWorkersWithOneName() {
        func connect() -> ReasonCode? {
            let id = stage.accept(.worker(pool: Cast.pool))
            stage.send(.connect(Connect(clientID: clientID("\(Cast.worker)"))), from: id)
            guard case .connAck(let answer) = stage.take(id).first else { return nil }
            return answer.reason
        }
        #expect((0..<4).map { _ in connect() } == [.success, .success, .success, .success])
        #expect(connect() == .connectionRateExceeded)
        stage.pass(1)
        #expect(connect() == .connectionRateExceeded)
        stage.pass(20)
        #expect(connect() == .success)
    }

    @Test func keepsWorkersOfDifferentPoolsApart() {
        let one = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        let other = stage.client("\(Cast.worker)", .worker(pool: Cast.otherPool))
        #expect(!stage.closed.contains(one))
        #expect(!stage.closed.contains(other))
    }

    // covers: MQTT-3.7.2-1 (5.0), MQTT-4.3.3-10 (5.0), MQTT-4.3.3-11 (5.0), MQTT-4.3.3-12 (5.0)
    @Test func takesAMessageOfQoS2Once() {
        let reader = stage.client("reader")
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t", qos: .atMostOnce)
        stage.publish(writer, "t", "x", qos: .exactlyOnce, packetID: 9)
        stage.publish(writer, "t", "x", qos: .exactlyOnce, duplicate: true, packetID: 9)
        #expect(stage.publishes(reader).count == 1)
        let received = Packet.pubRec(Acknowledgement(packetID: 9))
        #expect(stage.take(writer) == [received, received])
        stage.send(.pubRel(Acknowledgement(packetID: 9)), from: writer)
        #expect(stage.take(writer) == [.pubComp(Acknowledgement(packetID: 9))])
        stage.publish(writer, "t", "y", qos: .exactlyOnce, packetID: 9)
        #expect(stage.publishes(reader).map(\.text) == ["y"])
        stage.send(.pubRel(Acknowledgement(packetID: 10)), from: writer)
        #expect(
            stage.take(writer) == [
                received, .pubComp(Acknowledgement(packetID: 10, reason: .packetIdentifierNotFound)),
            ])
    }

    // covers: MQTT-3.3.4-9 (5.0), MQTT-4.9.0-2 (5.0)
    @Test func sendsNoMoreThanTheReceiveMaximum() {
        let reader = stage.client("reader", properties: [.receiveMaximum(2)])
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        for number in 0..<5 { stage.publish(writer, "t", "\(number)", qos: .atLeastOnce, packetID: UInt16(number + 1)) }
        var seen: [String] = []
        for _ in 0..<5 {
            let messages = stage.publishes(reader)
            #expect(messages.count <= 2)
            seen += messages.map(\.text)
            if let last = messages.first { stage.send(.pubAck(Acknowledgement(packetID: last.packetID)), from: reader) }
            if messages.count == 2 {
                stage.send(.pubAck(Acknowledgement(packetID: messages[1].packetID)), from: reader)
            }
        }
        #expect(seen == ["0", "1", "2", "3", "4"])
    }

    // covers: MQTT-3.3.4-7 (5.0)
    @Test func endsAClientThatExceedsOurReceiveMaximum() {
        let writer = stage.client("writer")
        for number in 1...101 as ClosedRange<UInt16> {
            stage.publish(writer, "t", "x", qos: .exactlyOnce, packetID: number)
        }
        guard case .disconnect(let last) = stage.take(writer).last else { return #expect(Bool(false)) }
        #expect(last.reason == .receiveMaximumExceeded)
    }

    // covers: MQTT-3.1.2-24 (5.0)
    @Test func sendsNothingLargerThanTheClientTakes() {
        let reader = stage.client("reader", properties: [.maximumPacketSize(40)])
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        stage.publish(writer, "t", String(repeating: "x", count: 100), qos: .atLeastOnce)
        stage.publish(writer, "t", "small", qos: .atLeastOnce)
        stage.publish(writer, "t", String(repeating: "x", count: 100))
        #expect(stage.publishes(reader).map(\.text) == ["small"])
    }

    @Test func cannotKeepASessionThatWasToEnd() {
        let id = stage.client("a")
        stage.send(.disconnect(Disconnect(properties: [.sessionExpiryInterval(5)])), from: id)
        guard case .disconnect(let last) = stage.take(id).last else { return #expect(Bool(false)) }
        #expect(last.reason == .protocolError)
    }
}
