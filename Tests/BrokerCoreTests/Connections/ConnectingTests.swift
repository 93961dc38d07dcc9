import BrokerCore
import MQTT
import Testing

@Suite struct ConnectingTests {
    let stage = Stage()

    private func answer(_ connect: Connect, _ principal: Principal = .open) -> (Packet?, closed: Bool) {
        let id = stage.accept(principal)
        stage.send(.connect(connect), from: id)
        return (stage.take(id).first, stage.closed.contains(id))
    }

    // covers: MQTT-3.1.3-6 (5.0), MQTT-3.1.3-7 (5.0)
    @Test func saysWhatItOffersToMQTT5() {
        let (packet, closed) = answer(Connect(clientID: clientID(""), keepAlive: 0))
        guard case .connAck(let answer) = packet else { return #expect(Bool(false)) }
        #expect(answer.reason == .success && !answer.sessionPresent && !closed)
        #expect(answer.properties.assignedClientIdentifier?.isEmpty == false)
        #expect(answer.properties.receiveMaximum == 100)
        #expect(answer.properties.topicAliasMaximum == 10)
        #expect(answer.properties.serverKeepAlive == nil)
    }

    // covers: MQTT-3.2.2-16 (5.0)
    @Test func namesNobodyTwice() {
        let ids = (0..<50).map { _ in
            guard case .connAck(let packet) = answer(Connect(clientID: clientID(""))).0 else { return [UInt8]() }
            return packet.properties.assignedClientIdentifier ?? []
        }
        #expect(Set(ids).count == 50)
    }

    // covers: MQTT-3.2.2-21 (5.0), MQTT-3.2.2-14 (5.0)
    @Test func tellsAWorkerWhatItMayNot() {
        let (packet, _) = answer(
            Connect(clientID: clientID("\(Cast.worker)"), keepAlive: 0, properties: [.sessionExpiryInterval(.max)]),
            .worker(pool: Cast.pool))
        guard case .connAck(let answer) = packet else { return #expect(Bool(false)) }
        #expect(answer.properties.serverKeepAlive == 300)
        #expect(answer.properties.sessionExpiryInterval == 604_800)
        #expect(answer.properties.list.contains(.retainAvailable(false)))
        #expect(answer.properties.list.contains(.wildcardSubscriptionAvailable(false)))
    }

    // covers: MQTT-3.1.3-8 (5.0), MQTT-3.1.3-9 (3.1.1), MQTT-3.2.2-5 (3.1.1)
    @Test(arguments: [
        "", "worker-1", "01arz3ndektsv4rrffq69g5fav", "81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDE\u{212A}TSV4RRFFQ69G5F",
        "\u{660}1ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVX", "01ARZ3NDEKTSV4RRFFQ69G5FA",
        "+1ARZ3NDEKTSV4RRFFQ69G5FAV",
    ])
    func refusesAWorkerWhoseNameIsNoULID(_ name: String) {
        let (new, closed) = answer(Connect(clientID: clientID(name)), .worker(pool: Cast.pool))
        guard case .connAck(let answer) = new else { return #expect(Bool(false)) }
        #expect(answer.reason == .clientIdentifierNotValid && closed)
        let old = self.answer(Connect(version: .v311, clientID: clientID(name)), .worker(pool: Cast.pool)).0
        #expect(old == .connAck(ConnAck(reason: .clientIdentifierNotValid)))
    }

    // covers: MQTT-3.1.3-7 (3.1.1), MQTT-3.1.3-8 (3.1.1)
    @Test func refusesANamelessSessionThatShallStay() {
        let (packet, closed) = answer(Connect(version: .v311, clientID: clientID(""), cleanStart: false))
        #expect(packet == .connAck(ConnAck(reason: .clientIdentifierNotValid)))
        #expect(closed)
    }

    // covers: MQTT-4.12.0-1 (5.0), MQTT-4.12.0-4 (5.0)
    @Test func knowsNoExtendedAuthentication() {
        let (packet, closed) = answer(
            Connect(clientID: clientID("a"), properties: [.authenticationMethod([0x78])]))
        guard case .connAck(let answer) = packet else { return #expect(Bool(false)) }
        #expect(answer.reason == .badAuthenticationMethod && closed)
    }

    @Test func answersOtherVersionsInTheirForm() {
        var bytes = Packet.connect(Connect(version: .v311, clientID: clientID("a"))).encoded(.v311)
        bytes[8] = 3
        let old = stage.accept()
        stage.send(bytes, from: old)
        #expect(stage.closed.contains(old))
        bytes[8] = 6
        let new = stage.accept()
        stage.send(bytes, from: new)
        guard case .connAck(let answer) = stage.take(new).first else { return #expect(Bool(false)) }
        #expect(answer.reason == .unsupportedProtocolVersion)
    }

    // covers: MQTT-3.1.2-3 (3.1.1), MQTT-3.1.4-1 (3.1.1), MQTT-3.2.2-6 (3.1.1)
    @Test func closesAMalformedConnectOfTheOldVersionWithoutAWord() {
        var bytes = Packet.connect(Connect(version: .v311, clientID: clientID("a"))).encoded(.v311)
        bytes[9] |= 1
        let id = stage.accept()
        stage.send(bytes, from: id)
        #expect(stage.take(id) == [])
        #expect(stage.closed.contains(id))
    }

    // covers: MQTT-3.1.0-1 (5.0)
    @Test func closesWhoDoesNotBeginWithConnect() {
        for packet in [Packet.pingRequest, .publish(Publish(topic: topicName("a"), payload: []))] {
            let id = stage.accept()
            stage.send(packet, from: id)
            #expect(stage.take(id) == [])
            #expect(stage.closed.contains(id))
        }
    }

    // covers: MQTT-3.1.0-2 (5.0)
    @Test func refusesASecondConnect() {
        let id = stage.client("a")
        stage.send(.connect(Connect(clientID: clientID("a"))), from: id)
        guard case .disconnect(let last) = stage.take(id).last else { return #expect(Bool(false)) }
        #expect(last.reason == .protocolError)
    }

    @Test func refusesPacketsOnlyAServerSends() {
        let packets: [Packet] = [
            .connAck(ConnAck()), .pingResponse, .subAck(SubAck(packetID: 1, reasons: [.success])),
            .unsubAck(UnsubAck(packetID: 1, reasons: [.success])),
        ]
        for packet in packets {
            let id = stage.client("a")
            stage.send(packet, from: id)
            #expect(stage.closed.contains(id), "\(packet)")
        }
    }

    @Test func waitsFiveSecondsForConnectWhateverComes() {
        let id = stage.accept()
        stage.pass(2)
        stage.send([0x10], from: id)
        stage.pass(2.9)
        #expect(!stage.closed.contains(id))
        stage.pass(0.6)
        #expect(stage.closed.contains(id))
    }

    @Test func holdsNoLargePacketOfSomebodyUnknown() {
        let id = stage.accept()
        stage.send([0x10, 0xFF, 0xFF, 0xFF, 0x7F], from: id)
        #expect(stage.closed.contains(id))
    }

    // covers: MQTT-3.14.4-1 (5.0)
    @Test func readsNothingAfterDisconnect() {
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "#")
        let writer = stage.client("writer")
        var bytes = Packet.disconnect(Disconnect()).encoded(.v5)
        Packet.publish(Publish(topic: topicName("a"), payload: [])).encode(into: &bytes, version: .v5)
        stage.send(bytes, from: writer)
        #expect(stage.publishes(reader) == [])
        #expect(stage.closed.contains(writer))
    }

    // covers: MQTT-3.1.2-22 (5.0), MQTT-3.1.2-24 (3.1.1)
    @Test(arguments: [ProtocolVersion.v311, .v5])
    func closesAClientSilentForOneAndAHalfKeepAlives(_ version: ProtocolVersion) {
        let id = stage.client("a", version: version, keepAlive: 10)
        stage.pass(14.9)
        #expect(!stage.closed.contains(id))
        stage.send(.pingRequest, from: id)
        #expect(stage.take(id) == [.pingResponse])
        stage.pass(14.9)
        #expect(!stage.closed.contains(id))
        stage.pass(0.6)
        #expect(stage.closed.contains(id))
        let told: [Packet] = stage.take(id)
        switch version {
        case .v311: #expect(told == [])
        case .v5:
            guard case .disconnect(let last) = told.last else { return #expect(Bool(false)) }
            #expect(last.reason == .keepAliveTimeout)
        }
    }

    @Test func tellsAllClientsThatItStops() {
        let id = stage.client("a")
        stage.withBroker { broker, now in broker.stopping(at: now) }
        guard case .disconnect(let last) = stage.take(id).last else { return #expect(Bool(false)) }
        #expect(last.reason == .serverShuttingDown)
        #expect(stage.closed.contains(id))
    }
}
