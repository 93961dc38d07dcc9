import AdminProtocol
import MQTT
import Testing

@testable import BrokerCore

/// What a client can try against the broker with packets alone, and what it gets. [A1, A2]
@Suite struct AbuseTests {
    let stage = Stage()
    private let v311 = ProtocolVersion.v311

    private func last(_ id: ConnectionID) -> ReasonCode? {
        guard case .disconnect(let packet) = stage.take(id).last else { return nil }
        return packet.reason
    }

    /// [T-01]
    @Test func aPromiseOfManyBytesTakesNoMemory() {
        for _ in 0..<2_000 {
            let id = stage.accept()
            stage.send([0x10, 0xFF, 0xFF, 0xFF, 0x7F, 0], from: id)
            #expect(stage.closed.contains(id))
        }
        #expect(stage.withBroker { broker, _ in broker.connections.count } == 0)
    }

    /// [T-01]
    @Test func holdsOnlyTheBytesThatCame() {
        let id = stage.accept()
        // 16,300 bytes are promised, and three come.
        stage.send([0x10, 0xA9, 0x7F, 0, 4, 0x4D], from: id)
        let capacity = stage.withBroker { broker, _ in broker.connections[id]?.remainder.capacity }
        #expect((capacity ?? .max) < 256, "\(capacity ?? -1)")
        #expect(!stage.closed.contains(id))
    }

    /// [T-01] 16 KiB before CONNECT, and not a byte more.
    @Test(arguments: [(16_384, true), (16_385, false)])
    func aFirstPacketIsAtMostSixteenKilobytes(length: Int, isRead: Bool) {
        let name = clientID("\(Cast.worker)")
        let empty = Packet.connect(Connect(clientID: name, userName: Array("u".utf8), password: [])).encoded(.v5)
        // The length of Remaining Length grows by one byte.
        let filler = [UInt8](repeating: 0x61, count: length - empty.count - 2 + 1)
        var connect = Connect(clientID: name, userName: Array("u".utf8), password: filler)
        connect.cleanStart = true
        var bytes = Packet.connect(connect).encoded(.v5)
        while bytes.count > length {
            connect.password?.removeLast()
            bytes = Packet.connect(connect).encoded(.v5)
        }
        #expect(bytes.count == length)
        let id = stage.accept(.worker(pool: Cast.pool))
        stage.send(bytes, from: id)
        #expect(stage.closed.contains(id) != isRead)
    }

    /// [T-05] Sixty-four, and not one more.
    @Test(arguments: [(64, true), (65, false)])
    func aWorkerHasAtMostSixtyFourUserProperties(count: Int, isRead: Bool) {
        let many = Properties(Array(repeating: .userProperty(name: [0x6B], value: [0x76]), count: count))
        let id = stage.accept(.worker(pool: Cast.pool))
        stage.send(.connect(Connect(clientID: clientID("\(Cast.worker)"), properties: many)), from: id)
        #expect(stage.closed.contains(id) != isRead)
    }

    /// [T-02] A byte a second for ever.
    @Test func bytesThatDripDoNotWinTime() {
        let id = stage.accept()
        let connect = Packet.connect(Connect(clientID: clientID("a-name-that-is-long-enough"))).encoded(.v5)
        for byte in connect.prefix(5) {
            stage.send([byte], from: id)
            stage.pass(0.9)
        }
        #expect(!stage.closed.contains(id))
        stage.send([connect[5]], from: id)
        stage.pass(0.9)
        #expect(stage.closed.contains(id))
    }

    /// [T-07] As deep as a topic can be.
    @Test(arguments: [65_535, 201])
    func deepTopicsAreRefused(depth: Int) {
        let name = String(repeating: "/", count: depth)
        let writer = stage.client("writer")
        stage.publish(writer, name, "x")
        #expect(last(writer) == .topicNameInvalid)
        let reader = stage.client("reader")
        #expect(stage.subscribe(reader, name) == [.topicFilterInvalid])
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        stage.publish(worker, "a/b/c/d/e/f/g/h/i", "x")
        #expect(last(worker) == .topicNameInvalid)
        // A will is a message like others.
        for (version, reason) in [(ProtocolVersion.v5, ReasonCode.topicNameInvalid), (.v311, .notAuthorized)] {
            let connect = Connect(
                version: version, clientID: clientID("heir"), will: Will(topic: topicName(name), payload: []))
            let id = stage.accept()
            stage.send(.connect(connect), from: id)
            guard case .connAck(let answer) = stage.take(id).first else { return #expect(Bool(false)) }
            #expect(answer.reason == reason)
            #expect(stage.closed.contains(id))
        }
        let deepest = String(repeating: "/", count: 200)
        _ = stage.client("heir", will: Will(topic: topicName(deepest), payload: []))
    }

    /// [T-07] A worker's topics are short.
    @Test func aWorkersTopicHasAtMost256Bytes() {
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        stage.publish(worker, String(repeating: "x", count: 257), "x")
        #expect(last(worker) == .topicNameInvalid)
    }

    /// [T-08]
    @Test func anEmptyTopicWithoutAnAliasIsAProtocolError() {
        let writer = stage.client("writer")
        stage.send([0x30, 3, 0, 0, 0], from: writer)
        #expect(last(writer) == .protocolError)
    }

    /// [T-09] CONNACK, SUBACK, UNSUBACK, PINGRESP, and the type that there is not.
    @Test(arguments: [[0x20, 2, 0, 0], [0x90, 3, 0, 1, 0], [0xB0, 2, 0, 1], [0xD0, 0], [0x00, 0]] as [[UInt8]])
    func whatOnlyAServerSaysEndsTheConnection(bytes: [UInt8]) {
        let stranger = stage.accept()
        stage.send(bytes, from: stranger)
        #expect(stage.closed.contains(stranger))
        #expect(stage.take(stranger) == [], "nothing is said to whoever did not introduce himself")
        for version in [ProtocolVersion.v5, .v311] {
            let client = stage.client("client", version: version)
            stage.send(bytes, from: client)
            #expect(stage.closed.contains(client))
            #expect(stage.take(client).count == (version == .v5 ? 1 : 0))
        }
    }

    /// [T-10, X-18]
    @Test func failedConnectsLeaveNothingBehind() {
        let bad: [(Principal, [UInt8])] = [
            (.open, [0x10, 0x02, 0, 4]), (.open, [0xC0, 0]), (.open, [0x10, 0x80, 0x80, 0x80, 0x80]),
            (.worker(pool: Cast.pool), Packet.connect(Connect(clientID: clientID("no-ulid"))).encoded(.v5)),
            (
                .worker(pool: Cast.pool),
                Packet.connect(
                    Connect(clientID: clientID("\(Cast.worker)"), will: Will(topic: topicName("w"), payload: [1]))
                ).encoded(.v5)
            ),
        ]
        for number in 0..<5_000 {
            let (principal, bytes) = bad[number % bad.count]
            let id = stage.accept(principal)
            stage.send(bytes, from: id)
            if !stage.closed.contains(id) { stage.end(id) }
        }
        stage.withBroker { broker, _ in
            #expect(broker.connections.count == 0 && broker.connections.places == 1)
            #expect(broker.sessions.isEmpty && broker.deadlines.count == 0)
            #expect(broker.holdings.wills == 0 && broker.holdings.messages == 0)
        }
    }

    /// [T-11] Each identifier again and again is one message; one too many is the end.
    @Test func messagesThatAreNeverReleasedAreBounded() {
        let writer = stage.client("writer")
        for round in 0..<2_000 {
            stage.publish(writer, "t", "x", qos: .exactlyOnce, packetID: UInt16(round % 100 + 1))
        }
        #expect(!stage.closed.contains(writer))
        stage.publish(writer, "t", "x", qos: .exactlyOnce, packetID: 101)
        #expect(last(writer) == .receiveMaximumExceeded)
        let old = stage.client("old", version: v311)
        for id in 1...1_000 as ClosedRange<UInt16> { stage.publish(old, "t", "x", qos: .exactlyOnce, packetID: id) }
        #expect(!stage.closed.contains(old))
        stage.publish(old, "t", "x", qos: .exactlyOnce, packetID: 1_001)
        #expect(stage.closed.contains(old))
    }

    /// [T-12]
    @Test func asManyAliasesAsWereGrantedAndNotOneMore() {
        let writer = stage.client("writer")
        let granted = UInt16(Limits().openTopicAliases)
        for alias in 1...granted {
            stage.publish(writer, String(repeating: "a", count: 65_000), "x", properties: [.topicAlias(alias)])
        }
        stage.pass(0.5)
        // They are charged to who holds them.
        #expect(stage.withBroker { broker, _ in broker.held } > Int(granted) * 65_000)
        stage.publish(writer, "t", "x", properties: [.topicAlias(granted + 1)])
        #expect(last(writer) == .topicAliasInvalid)
        // Another connection's aliases are another's.
        let other = stage.client("other")
        stage.send(
            [0x30, 6, 0, 0, 3, 0x23, 0, 1], from: other)
        #expect(last(other) == .protocolError)
    }

    /// [T-16] Names are not hoarded.
    @Test func longTopicsAreNotRemembered() {
        let writer = stage.client("writer")
        for number in 0..<100 { stage.publish(writer, "\(number)" + String(repeating: "x", count: 1_100), "") }
        stage.withBroker { broker, _ in #expect(broker.observatory.topics.records.count < 10) }
    }

    /// [T-18, G-13] A hundred thousand pings and nobody who reads the answers.
    @Test func answersThatNobodyReadsArePaidForByTheirOwner() {
        let id = stage.client("a")
        stage.stuck.insert(id)
        let portion = [[UInt8]](repeating: [0xC0, 0], count: 8_192).flatMap { $0 }
        var most = 0
        for _ in 0..<13 where !stage.paused.contains(id) {
            stage.send(portion, from: id)
            most = max(most, stage.withBroker { broker, _ in broker.connections[id]?.outbox.capacity ?? 0 })
        }
        stage.send([[UInt8]](repeating: [0xC0, 0], count: 200_000).flatMap { $0 }, from: id)
        #expect(stage.paused.contains(id))
        #expect(most <= 1_048_576)
        stage.pass(31)
        #expect(stage.closed.contains(id))
    }

    /// [T-19]
    @Test func aThousandFiltersInOnePacketAreAnsweredAndNotKept() {
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        let filters = (0..<1_000).map { Subscription(filter: topicFilter("+/+/\($0)/#"), maximumQoS: .atMostOnce) }
        stage.send(.subscribe(Subscribe(packetID: 1, subscriptions: filters)), from: worker)
        guard case .subAck(let answer) = stage.take(worker).first else { return #expect(Bool(false)) }
        #expect(answer.reasons.prefix(8).allSatisfy { $0 == .notAuthorized })
        #expect(answer.reasons.dropFirst(8).allSatisfy { $0 == .quotaExceeded })
        #expect(answer.reasons.count == 1_000)
    }

    /// [T-20] 300 s for MQTT 5, which is told; AWS's 1,200 s for 3.1.1, which cannot be.
    @Test(arguments: [
        (ProtocolVersion.v5, UInt16(0), 450.0), (.v5, 301, 450), (.v5, 60, 90), (.v311, 0, 1_800),
        (.v311, 1_201, 1_800),
        (.v311, 65_535, 1_800), (.v311, 1_200, 1_800), (.v311, 60, 90),
    ])
    func aWorkersSilenceIsBounded(version: ProtocolVersion, keepAlive: UInt16, seconds: Double) {
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool), version: version, keepAlive: keepAlive)
        stage.pass(seconds - 0.2)
        #expect(!stage.closed.contains(worker))
        stage.pass(1)
        #expect(stage.closed.contains(worker))
    }

    /// [T-23] One takeover a second at most, however often they try; it is told of as an event and an alert.
    @Test(arguments: [ProtocolVersion.v5, .v311])
    func twoWorkersWithOneIdAreDampedMoreAndMore(_ version: ProtocolVersion) {
        var taken = 0
        var refusal: ReasonCode?
        for turn in 0..<600 {
            let id = stage.accept(.worker(pool: Cast.pool), from: "10.0.0.\(turn % 2):1")
            stage.send(.connect(Connect(version: version, clientID: clientID("\(Cast.worker)"))), from: id)
            guard case .connAck(let answer) = stage.take(id).first else { continue }
            if answer.reason == .success { taken += 1 } else { refusal = answer.reason }
            stage.pass(0.1)
        }
        #expect(taken < 20, "\(taken) in a minute")
        #expect(refusal == (version == .v5 ? .connectionRateExceeded : .serverUnavailable))
        stage.withBroker { broker, now in
            #expect(broker.observatory.alerts(at: now).contains { $0.text.hasPrefix("two workers, one id") })
        }
    }

    /// [T-23] Suites connect under one name as often as they like; so does nobody else.
    @Test func theOpenListenerIsNotDamped() {
        for _ in 0..<50 { _ = stage.client("same") }
        stage.withBroker { broker, _ in #expect(broker.sessions.values.allSatisfy { $0.takeovers.isEmpty }) }
    }

    /// [T-24] Told why in 5.0; what it had not acknowledged stays in its session.
    @Test func aWorkerThatTakesNothingIsToldWhyAndKeepsItsSession() {
        let kept: Properties = [.sessionExpiryInterval(600)]
        let worker = stage.client(
            "\(Cast.worker)", .worker(pool: Cast.pool), cleanStart: false, properties: kept)
        let backend = stage.client("server", .backend(name: "server"))
        _ = stage.subscribe(worker, Cast.readonly, qos: .atLeastOnce)
        stage.stuck.insert(worker)
        for number in 0..<5 { stage.publish(backend, Cast.readonly, "\(number)", qos: .atLeastOnce) }
        stage.pass(29)
        #expect(!stage.closed.contains(worker))
        stage.pass(1.6)
        #expect(stage.closed.contains(worker))
        let again = stage.client("\(Cast.worker)", .worker(pool: Cast.pool), cleanStart: false, properties: kept)
        #expect(stage.publishes(again).map(\.text) == ["0", "1", "2", "3", "4"])
    }

    /// [T-24]
    @Test func moreThanAMegabyteThatWaitsEndsAWorker() {
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        let backend = stage.client("server", .backend(name: "server"))
        _ = stage.subscribe(worker, Cast.readonly)
        stage.stuck.insert(worker)
        let payload = String(repeating: "x", count: 65_536)
        for _ in 0..<15 { stage.publish(backend, Cast.readonly, payload) }
        #expect(!stage.closed.contains(worker))
        stage.publish(backend, Cast.readonly, payload)
        #expect(stage.closed.contains(worker))
        let events = stage.withBroker { broker, _ in broker.observatory.events.last(5) }
        #expect(events.contains { $0.what == .gone && $0.reason == "too slow" })
    }

    /// [T-78] Somebody is told before it ends, once, and it is over when the client reads again.
    @Test func outputThatWaitsIsTold() {
        let reader = stage.client("reader")
        let writer = stage.client("writer")
        _ = stage.subscribe(reader, "t")
        stage.stuck.insert(reader)
        stage.publish(writer, "t", "x")
        stage.pass(9.9)
        #expect(stage.withBroker { broker, _ in broker.observatory.congested } == 0)
        stage.pass(3)
        stage.withBroker { broker, now in
            #expect(broker.observatory.congested == 1)
            #expect(broker.observatory.alerts(at: now).map(\.text) == ["1 client does not read"])
            #expect(broker.observatory.events.last(10).count { $0.reason == "congested" } == 1)
        }
        stage.unstick(reader)
        stage.pass(2)
        stage.withBroker { broker, now in #expect(broker.observatory.alerts(at: now).isEmpty) }
    }

    /// [T-75, X-15] Deadlines are by the clock that never jumps; the wall's is for records.
    @Test(arguments: [Int64(3_600_000), -3_600_000, 315_576_000_000, -315_576_000_000])
    func aWallClockThatJumpsEndsNothing(by milliseconds: Int64) {
        let kept: Properties = [.sessionExpiryInterval(60)]
        let client = stage.client("a", keepAlive: 60)
        let absent = stage.client("b", cleanStart: false, properties: kept)
        stage.end(absent)
        let stranger = stage.accept()
        stage.jump(milliseconds)
        stage.pass(4)
        #expect(!stage.closed.contains(client) && !stage.closed.contains(stranger))
        let again = stage.client("b", cleanStart: false, properties: kept)
        #expect(!stage.closed.contains(again))
        stage.send(.pingRequest, from: client)
        stage.pass(60)
        #expect(!stage.closed.contains(client))
    }

    /// [T-76]
    @Test func aTurnThatCameLateIsCountedAndTold() {
        stage.withBroker { broker, now in
            broker.late(by: 312, at: now)
            #expect(broker.observatory.lateTurns == 1)
            #expect(broker.observatory.events.newest?.detail == "312 ms")
        }
    }
}
