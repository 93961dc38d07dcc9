import AdminProtocol
import BrokerCore
import MQTT
import Testing

@Suite struct DenyingTests {
    let stage = Stage()

    private func worker(_ version: ProtocolVersion = .v5) -> ConnectionID {
        stage.client("\(Cast.worker)", .worker(pool: Cast.pool), version: version)
    }

    // covers: MQTT-3.9.3-2 (5.0), MQTT-3.9.3-2 (3.1.1)
    @Test func refusesSomebodyElsesTopicAndKeepsTheConnection() {
        let foreign = "spacelift/readonly/\(Cast.pool)/\(Cast.otherWorker)"
        let new = worker()
        #expect(stage.subscribe(new, foreign) == [.notAuthorized])
        #expect(stage.subscribe(new, "#") == [.notAuthorized])
        #expect(stage.subscribe(new, Cast.readonly, qos: .atLeastOnce) == [.grantedQoS1])
        let old = worker(.v311)
        #expect(stage.subscribe(old, foreign) == [.unspecifiedError])
        #expect(!stage.closed.contains(old))
    }

    // covers: MQTT-3.4.2-1 (5.0), MQTT-3.5.2-1 (5.0), MQTT-3.3.5-2 (3.1.1)
    @Test func tellsMQTT5AndClosesTheOldVersion() {
        let new = worker()
        stage.publish(new, "spacelift/writeonly/x/y", "x", qos: .atLeastOnce, packetID: 3)
        guard case .pubAck(let answer) = stage.take(new).first else { return #expect(Bool(false)) }
        #expect(answer.packetID == 3 && answer.reason == .notAuthorized)
        #expect(!answer.properties.isEmpty)
        #expect(!stage.closed.contains(new))
        stage.publish(new, "spacelift/writeonly/x/y", "x", qos: .exactlyOnce, packetID: 3)
        guard case .pubRec(let received) = stage.take(new).first else { return #expect(Bool(false)) }
        #expect(received.reason == .notAuthorized)
        stage.publish(new, "spacelift/writeonly/x/y", "x")
        guard case .disconnect(let last) = stage.take(new).first else { return #expect(Bool(false)) }
        #expect(last.reason == .notAuthorized)
        let old = worker(.v311)
        stage.publish(old, "spacelift/writeonly/x/y", "x", qos: .atLeastOnce)
        #expect(stage.take(old) == [])
        #expect(stage.closed.contains(old))
        #expect(stage.handOvers == [])
    }

    @Test func endsAConnectionThatIsRefusedAgainAndAgain() {
        let id = worker()
        for _ in 0..<10 { stage.publish(id, "x", "x", qos: .atLeastOnce) }
        #expect(stage.closed.contains(id))
    }

    /// [T-33]
    // covers: MQTT-3.2.2-14 (5.0)
    @Test func letsNoWorkerRetain() {
        let new = worker()
        stage.publish(new, Cast.writeonly, "x", qos: .atLeastOnce, retain: true)
        guard case .disconnect(let last) = stage.take(new).first else { return #expect(Bool(false)) }
        #expect(last.reason == .retainNotSupported)
        #expect(stage.handOvers == [])
    }

    /// [T-32]
    // covers: MQTT-3.1.4-2 (5.0), MQTT-3.2.2-7 (5.0), MQTT-3.2.2-13 (5.0)
    @Test func looksAtTheWillBeforeLettingSomebodyIn() {
        let wills: [(String, Bool, ReasonCode)] = [
            ("spacelift/writeonly/\(Cast.pool)/\(Cast.otherWorker)", false, .notAuthorized),
            ("$CONTROL/broker/v1", false, .notAuthorized), (Cast.writeonly, true, .retainNotSupported),
            (Cast.writeonly, false, .success),
        ]
        for (topic, retain, reason) in wills {
            let id = stage.accept(.worker(pool: Cast.pool))
            let will = Will(topic: topicName(topic), payload: [], retain: retain)
            stage.send(.connect(Connect(clientID: clientID("\(Cast.worker)"), will: will)), from: id)
            guard case .connAck(let answer) = stage.take(id).first else { return #expect(Bool(false)) }
            #expect(answer.reason == reason)
            #expect(stage.closed.contains(id) == (reason != .success))
        }
    }

    @Test func keepsTheAdminTopicToAdmins() {
        for principal in [Principal.open, .worker(pool: Cast.pool), .backend(name: "server")] {
            let id = stage.client("\(Cast.worker)", principal)
            #expect(stage.subscribe(id, "$CONTROL/broker/v1/response") == [.notAuthorized])
            stage.publish(id, "$CONTROL/broker/v1", "{}", qos: .atLeastOnce)
            guard case .pubAck(let answer) = stage.take(id).first else { return #expect(Bool(false)) }
            #expect(answer.reason == .notAuthorized)
        }
    }

    @Test func answersAnOperatorWhereItListens() {
        let id = stage.client("console", .admin(name: "ann", role: .viewer))
        let other = stage.client("other", .admin(name: "bob", role: .viewer))
        #expect(stage.subscribe(id, "$CONTROL/broker/v1/stream") == [.success])
        #expect(stage.subscribe(id, "spacelift/#") == [.notAuthorized])
        let topic = Array("$CONTROL/broker/v1/stream".utf8)
        let sent = stage.withBroker { broker, now in
            broker.sendToAdmin(id, topic: topic, payload: [1], correlation: [2], at: now)
        }
        #expect(sent)
        #expect(
            stage.publishes(id) == [
                Publish(
                    topic: topicName("$CONTROL/broker/v1/stream"), payload: [1], properties: [.correlationData([2])])
            ])
        #expect(stage.publishes(other) == [])
        stage.publish(id, "$CONTROL/broker/v1", "{}", qos: .atLeastOnce, packetID: 5)
        #expect(stage.take(id).first == .pubAck(Acknowledgement(packetID: 5)))
    }

    @Test func forgetsWhoseCredentialIsRevoked() {
        let kept: Properties = [.sessionExpiryInterval(600)]
        let name = "\(Cast.worker)"
        let principal = Principal.worker(pool: Cast.pool)
        let will = Will(topic: topicName(Cast.writeonly), payload: [1])
        let id = stage.client(
            name, principal, cleanStart: false, properties: kept, will: will, fingerprint: "ab")
        _ = stage.subscribe(id, Cast.readonly, qos: .atLeastOnce)
        let absent = stage.client(
            "\(Cast.otherWorker)", principal, cleanStart: false, properties: kept, fingerprint: "ab")
        stage.end(absent)
        stage.withBroker { broker, now in broker.revoked(principal, fingerprint: "ab", at: now) }
        guard case .disconnect(let last) = stage.take(id).last else { return #expect(Bool(false)) }
        #expect(last.reason == .notAuthorized)
        #expect(stage.handOvers == [])
        for worker in [Cast.worker, Cast.otherWorker] {
            let again = stage.accept(principal, fingerprint: "cd")
            stage.send(
                .connect(Connect(clientID: clientID("\(worker)"), cleanStart: false, properties: kept)), from: again)
            guard case .connAck(let answer) = stage.take(again).first else { return #expect(Bool(false)) }
            #expect(!answer.sessionPresent)
        }
    }
}
