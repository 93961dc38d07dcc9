import BrokerCore
import MQTT
import TestSupport
import Testing

/// CONNECT and CONNACK, as both standards want them.
@Suite struct GreetingTests {
    let stage = Stage()

    /// The first byte of the answer is 0x20, its flags say nothing but Session Present, and nothing else comes.
    // covers: MQTT-3.1.4-5 (5.0), MQTT-3.2.0-1 (5.0), MQTT-3.2.0-2 (5.0), MQTT-3.2.2-1 (5.0), MQTT-3.1.4-4 (3.1.1)
    // covers: MQTT-3.2.0-1 (3.1.1)
    @Test func isAnsweredByOneAcceptance() {
        let old = stage.accept()
        stage.send(hex("10 [ <MQTT> 04 02 003C <old> ]"), from: old)
        #expect(stage.takeBytes(old) == hex("20 02 00 00"))
        let new = stage.accept()
        stage.send(hex("10 [ <MQTT> 05 02 0000 {} <new> ]"), from: new)
        let bytes = stage.takeBytes(new)
        #expect(bytes.count > 5 && bytes.count == Int(bytes[1]) + 2)
        #expect(bytes[0] == 0x20 && bytes[2] == 0 && bytes[3] == 0)
        for id in [old, new] {
            stage.send(.pingRequest, from: id)
            #expect(stage.takeBytes(id) == hex("D0 00"), "CONNACK is not said again")
        }
    }

    /// Nothing of what waits in a session overtakes its CONNACK.
    // covers: MQTT-3.2.0-1 (5.0), MQTT-3.2.0-1 (3.1.1)
    @Test(arguments: bothVersions)
    func isAnsweredBeforeAnythingElse(_ version: ProtocolVersion) {
        let reader = stage.client("reader", version: version, cleanStart: false, properties: kept(version))
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        stage.end(reader)
        let writer = stage.client("writer")
        for number in 1...3 as ClosedRange<UInt16> {
            stage.publish(writer, "t", "\(number)", qos: .atLeastOnce, packetID: number)
        }
        let again = stage.accept()
        stage.send(
            .connect(
                Connect(
                    version: version, clientID: clientID("reader"), cleanStart: false, properties: kept(version))),
            from: again)
        let packets = stage.take(again)
        #expect(packets.count == 4)
        guard case .connAck = packets.first else { return #expect(Bool(false), "\(packets)") }
    }

    // covers: MQTT-3.1.2-4 (5.0), MQTT-3.1.2-5 (5.0), MQTT-3.1.2-6 (5.0), MQTT-3.1.4-4 (5.0), MQTT-3.2.2-2 (5.0)
    // covers: MQTT-3.2.2-3 (5.0), MQTT-3.1.2-4 (3.1.1), MQTT-3.1.2-6 (3.1.1), MQTT-3.1.4-3 (3.1.1)
    // covers: MQTT-3.2.2-1 (3.1.1), MQTT-3.2.2-2 (3.1.1), MQTT-3.2.2-3 (3.1.1)
    @Test(arguments: bothVersions)
    func tellsTheTruthAboutTheSession(_ version: ProtocolVersion) {
        func connect(clean: Bool) -> ConnAck? {
            let (id, answer) = stage.greet(
                Connect(version: version, clientID: clientID("a"), cleanStart: clean, properties: kept(version)))
            stage.publish(writer, "t", "x", qos: .atLeastOnce)
            heard.append(!stage.publishes(id).isEmpty)
            if answer?.sessionPresent == false { _ = stage.subscribe(id, "t", qos: .atLeastOnce) }
            stage.end(id)
            return answer
        }
        let writer = stage.client("writer")
        var heard: [Bool] = []
        let answers = [false, false, true, false].map { connect(clean: $0) }
        #expect(answers.map { $0?.reason } == [.success, .success, .success, .success])
        #expect(answers.map { $0?.sessionPresent } == [false, true, false, version == .v5])
        // The subscriptions of a session that is taken up again are there; after a clean start they are not.
        #expect(heard == [false, true, false, version == .v5])
    }

    /// A clean session of 3.1.1 ends with its connection; one that is kept stays whatever came between.
    // covers: MQTT-3.1.2-6 (3.1.1), MQTT-3.2.2-3 (3.1.1)
    @Test func leavesNothingOfACleanSession() {
        let first = stage.client("a", version: .v311, cleanStart: true)
        _ = stage.subscribe(first, "t")
        stage.end(first)
        let answer = stage.greet(Connect(version: .v311, clientID: clientID("a"), cleanStart: false)).answer
        #expect(answer?.sessionPresent == false)
    }

    // covers: MQTT-3.1.2-1 (5.0), MQTT-3.1.2-2 (5.0), MQTT-3.1.2-1 (3.1.1), MQTT-3.1.2-2 (3.1.1)
    @Test func refusesOtherProtocolsInAFormTheyRead() {
        let answers: [(connect: String, answer: [UInt8]?)] = [
            ("10 [ <MQTT> 03 02 003C <a> ]", hex("20 02 00 01")), ("10 [ <MQTT> 00 02 003C <a> ]", hex("20 02 00 01")),
            ("10 [ <MQIsdp> 03 02 003C <a> ]", hex("20 02 00 01")), ("10 [ <MQTX> 04 02 003C <a> ]", []),
            // Bridges, which then try as anybody else.
            ("10 [ <MQTT> 84 02 003C <a> ]", hex("20 02 00 01")),
            ("10 [ <MQIsdp> 83 02 003C <a> ]", hex("20 02 00 01")),
            ("10 [ <MQTT> 06 02 003C {} <a> ]", nil), ("10 [ <MQTX> 05 02 003C {} <a> ]", nil),
            ("10 [ <MQTT> FF 02 003C {} <a> ]", nil),
        ]
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "#")
        for (connect, answer) in answers {
            let id = stage.accept()
            stage.send(hex(connect) + hex("30 03 <a>"), from: id)
            let bytes = stage.takeBytes(id)
            if let answer {
                #expect(bytes == answer, "\(connect)")
            } else {
                #expect(Array(bytes.prefix(1)) == [0x20] && bytes.count > 4 && bytes[2] == 0 && bytes[3] == 0x84)
            }
            #expect(stage.closed.contains(id), "\(connect)")
        }
        #expect(stage.publishes(reader) == [], "what follows is not read")
    }

    /// What a CONNECT may be refused for, and nothing that follows it is looked at.
    // covers: MQTT-3.1.2-3 (5.0), MQTT-3.1.4-1 (5.0), MQTT-3.1.4-6 (5.0), MQTT-3.2.2-6 (5.0), MQTT-3.2.2-7 (5.0)
    // covers: MQTT-3.2.2-8 (5.0), MQTT-4.13.2-1 (5.0), MQTT-4.12.0-4 (5.0), MQTT-4.12.0-1 (5.0), MQTT-3.1.2-30 (5.0)
    // covers: MQTT-3.14.0-1 (5.0)
    @Test(arguments: [
        ("the reserved flag", "10 [ <MQTT> 05 03 003C {} <a> ]", ReasonCode.malformedPacket),
        ("a will at QoS 3", "10 [ <MQTT> 05 1E 003C {} <a> {} <w> <> ]", .malformedPacket),
        ("too short", "10 [ <MQTT> 05 02 003C ]", .malformedPacket),
        ("too long", "10 [ <MQTT> 05 02 003C {} <a> 00 ]", .malformedPacket),
        ("a property of another packet", "10 [ <MQTT> 05 02 003C { 23 0001 } <a> ]", .malformedPacket),
        ("a property twice", "10 [ <MQTT> 05 02 003C { 21 0001 21 0001 } <a> ]", .protocolError),
        ("Receive Maximum 0", "10 [ <MQTT> 05 02 003C { 21 0000 } <a> ]", .protocolError),
        ("data without a method", "10 [ <MQTT> 05 02 003C { 16 (00) } <a> ]", .protocolError),
        ("a client id that is no text", "10 [ <MQTT> 05 02 003C {} (FF) ]", .malformedPacket),
        ("an unknown method", "10 [ <MQTT> 05 02 003C { 15 <SCRAM-SHA-256> } <a> ]", .badAuthenticationMethod),
        ("another version", "10 [ <MQTT> 06 02 003C {} <a> ]", .unsupportedProtocolVersion),
    ])
    func tellsWhyItRefuses(_ what: String, _ connect: String, _ reason: ReasonCode) {
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "#")
        let id = stage.accept()
        stage.send(hex(connect) + hex("30 [ <t> {} ] C0 00"), from: id)
        #expect(stage.closed.contains(id))
        let packets = stage.take(id)
        guard case .connAck(let answer) = packets.first else { return #expect(Bool(false), "\(packets)") }
        #expect(answer.reason == reason)
        #expect(!answer.sessionPresent)
        #expect(packets.count == 1, "no DISCONNECT, no PINGRESP")
        #expect(stage.publishes(reader) == [])
    }

    /// 3.1.1 has no code for most of it: it is closed without a word, and with 0 for Session Present where it has.
    // covers: MQTT-3.1.2-3 (3.1.1), MQTT-3.1.4-1 (3.1.1), MQTT-3.1.4-5 (3.1.1), MQTT-3.2.2-4 (3.1.1)
    // covers: MQTT-3.2.2-5 (3.1.1), MQTT-3.2.2-6 (3.1.1), MQTT-3.1.3-8 (3.1.1), MQTT-3.1.3-7 (3.1.1)
    @Test(arguments: [
        ("the reserved flag", "10 [ <MQTT> 04 03 003C <a> ]", ""),
        ("a will at QoS 3", "10 [ <MQTT> 04 1E 003C <a> <w> <> ]", ""),
        ("a password alone", "10 [ <MQTT> 04 42 003C <a> <p> ]", ""),
        ("too short", "10 [ <MQTT> 04 02 003C ]", ""), ("too long", "10 [ <MQTT> 04 02 003C <a> 00 ]", ""),
        ("a client id that is no text", "10 [ <MQTT> 04 02 003C (FF) ]", ""),
        ("a session without a name", "10 [ <MQTT> 04 00 003C <> ]", "20 02 00 02"),
        ("another version", "10 [ <MQTT> 03 02 003C <a> ]", "20 02 00 01"),
    ])
    func closesTheOldVersionWithTheCodesItHas(_ what: String, _ connect: String, _ expected: String) {
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "#")
        let id = stage.accept()
        stage.send(hex(connect) + hex("30 [ <t> ] C0 00"), from: id)
        #expect(stage.closed.contains(id))
        #expect(stage.takeBytes(id) == hex(expected))
        #expect(stage.publishes(reader) == [], "what follows is not read")
    }

    /// Every letter and digit, and every length up to 23.
    // covers: MQTT-3.1.3-5 (5.0), MQTT-3.1.3-5 (3.1.1)
    @Test(arguments: bothVersions)
    func takesEveryPlainNameUpTo23Bytes(_ version: ProtocolVersion) {
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        let names = (1...23).map { length in String((0..<length).map { letters[($0 * 7 + length) % letters.count] }) }
        for name in names + letters.map(String.init) {
            let (id, answer) = stage.greet(Connect(version: version, clientID: clientID(name)))
            #expect(answer?.reason == .success, "\(name)")
            stage.end(id)
        }
    }

    /// Names that look alike are two clients; the same bytes are one.
    // covers: MQTT-3.1.3-2 (5.0), MQTT-3.1.3-2 (3.1.1), MQTT-3.1.4-3 (5.0), MQTT-3.1.4-2 (3.1.1)
    @Test(arguments: bothVersions)
    func knowsASessionByTheBytesOfItsName(_ version: ProtocolVersion) {
        let one = stage.client("caf\u{e9}", version: version)
        let other = stage.client("cafe\u{301}", version: version)
        let large = stage.client("CAF\u{e9}", version: version)
        #expect(stage.closed.isDisjoint(with: [one, other, large]))
        let again = stage.client("caf\u{e9}", version: version)
        #expect(stage.closed.contains(one))
        #expect(stage.goodbye(one) == (version == .v5 ? .sessionTakenOver : nil))
        #expect(stage.closed.isDisjoint(with: [other, large, again]))
    }

    /// A name the broker gave is a name like others: who brings it along again finds the session.
    // covers: MQTT-3.1.3-6 (5.0), MQTT-3.1.3-7 (5.0), MQTT-3.2.2-16 (5.0)
    @Test func namesTheNameless() throws {
        let (id, answer) = stage.greet(
            Connect(clientID: clientID(""), cleanStart: false, properties: kept(.v5)))
        let name = try #require(answer?.properties.assignedClientIdentifier)
        let other = stage.greet(Connect(clientID: clientID(""))).answer?.properties.assignedClientIdentifier
        #expect(!name.isEmpty && other != nil && other != name)
        _ = stage.subscribe(id, "t")
        stage.end(id)
        let again = stage.greet(
            Connect(clientID: try ClientID(validating: name), cleanStart: false, properties: kept(.v5))
        ).answer
        #expect(again?.sessionPresent == true)
        #expect(again?.properties.assignedClientIdentifier == nil)
    }

    // covers: MQTT-3.1.3-6 (3.1.1)
    @Test func letsTheNamelessOfTheOldVersionWork() {
        let ids = (0..<3).map { _ in stage.greet(Connect(version: .v311, clientID: clientID(""))) }
        #expect(ids.map { $0.answer?.reason } == [.success, .success, .success])
        for (id, _) in ids { #expect(stage.subscribe(id, "t") == [.success]) }
        stage.publish(ids[0].id, "t", "x")
        for (id, _) in ids { #expect(stage.publishes(id).map(\.text) == ["x"], "each is a client of its own") }
    }

    /// Nothing is offered that is not there, and what is there is not denied.
    // covers: MQTT-3.2.2-9 (5.0), MQTT-3.1.2-28 (5.0), MQTT-4.12.0-6 (5.0)
    @Test func saysNothingItWasNotAskedFor() {
        let answer = stage.greet(Connect(clientID: clientID("a"))).answer
        let ids = Set((answer?.properties.list ?? []).map(\.id))
        #expect(!ids.contains(.maximumQoS), "QoS 2 is there")
        #expect(!ids.contains(.responseInformation))
        #expect(!ids.contains(.authenticationMethod) && !ids.contains(.authenticationData))
        let unasked = stage.greet(
            Connect(clientID: clientID("b"), properties: [.requestResponseInformation(false)])
        ).answer
        #expect(unasked?.properties.list.contains { $0.id == .responseInformation } == false)
    }

    // covers: MQTT-3.1.2-21 (5.0), MQTT-3.2.2-21 (5.0)
    @Test func holdsAClientToTheKeepAliveItWasTold() {
        var limits = Limits()
        limits.keepAlive = 4
        let stage = Stage(BrokerConfiguration(limits: limits))
        let (id, answer) = stage.greet(
            Connect(clientID: clientID("\(Cast.worker)"), keepAlive: 60), .worker(pool: Cast.pool))
        #expect(answer?.properties.list.contains(.serverKeepAlive(4)) == true)
        stage.pass(5.9)
        #expect(!stage.closed.contains(id))
        stage.pass(0.7)
        #expect(stage.goodbye(id) == .keepAliveTimeout)
    }

    // covers: MQTT-3.2.2-22 (5.0), MQTT-3.1.2-20 (5.0), MQTT-3.1.2-22 (5.0), MQTT-3.1.2-23 (3.1.1)
    // covers: MQTT-3.1.2-24 (3.1.1)
    @Test(arguments: bothVersions)
    func holdsAClientToTheKeepAliveItAskedFor(_ version: ProtocolVersion) {
        let watcher = stage.client("watcher")
        _ = stage.subscribe(watcher, "gone")
        let (id, answer) = stage.greet(
            Connect(
                version: version, clientID: clientID("a"), keepAlive: 2,
                will: Will(topic: topicName("gone"), payload: [0x77])))
        #expect(answer?.properties.list.contains { $0.id == .serverKeepAlive } == false)
        stage.pass(2.9)
        #expect(!stage.closed.contains(id))
        #expect(stage.publishes(watcher) == [])
        stage.pass(0.6)
        #expect(stage.closed.contains(id))
        #expect(stage.publishes(watcher).map(\.text) == ["w"], "as if the network had failed")
    }
}
