import AdminProtocol
import MQTT
import TestSupport
import Testing

@testable import BrokerCore

/// What a credential is good for, and what is left of it when it is taken back. [A3]
@Suite struct RightsTests {
    private let stage = Stage()
    private let worker = Principal.worker(pool: Cast.pool)
    private let kept: Properties = [.sessionExpiryInterval(600)]

    private func answer(_ name: [UInt8], _ principal: Principal) throws -> ReasonCode? {
        let id = stage.accept(principal)
        stage.send(.connect(Connect(clientID: try ClientID(validating: name))), from: id)
        guard case .connAck(let answer) = stage.take(id).first else { return nil }
        stage.end(id)
        return answer.reason
    }

    /// [T-30] No id widens a right: it is a ULID, or it is nobody.
    @Test(arguments: [
        "#", "+", ".*", "[0-7]+", "..", "*", "%", "\\", "$SYS", "worker", "\(Cast.worker)/", "\(Cast.worker)#",
        "\(Cast.worker)".lowercased(), "\(Cast.pool)/\(Cast.worker)", "\(Cast.worker)\n",
    ])
    func anIDThatIsNoULIDIsNobody(name: String) throws {
        #expect(try answer(Array(name.utf8), worker) == .clientIdentifierNotValid)
        #expect(stage.withBroker { broker, _ in broker.sessions.isEmpty })
    }

    /// [T-30] One byte of an id at a time, whatever it becomes.
    @Test func anIDIsLetInIfItIsAULIDAndNotOtherwise() throws {
        var random = SeededRandom(seed: 30)
        for _ in 0..<2_000 {
            var name = Cast.worker.bytes
            name[Int.random(in: 0..<26, using: &random)] = UInt8.random(in: 0x20...0x7E, using: &random)
            #expect(try (answer(name, worker) == .success) == (ULID(name) != nil), "\(name)")
        }
    }

    /// [T-31] The pool is the credential's, whatever the client calls itself.
    @Test func aPoolsCredentialReachesNothingOfAnotherPool() {
        let other = Principal.worker(pool: Cast.otherPool)
        let theirs = stage.client("\(Cast.worker)", other, cleanStart: false, properties: kept)
        #expect(stage.subscribe(theirs, "spacelift/readonly/\(Cast.otherPool)/\(Cast.worker)") == [.success])
        // The same id with another pool's credential is somebody else: no session is taken over, no topic is shared.
        let ours = stage.client("\(Cast.worker)", worker, cleanStart: false, properties: kept)
        #expect(!stage.closed.contains(theirs))
        for target in [Cast.worker, Cast.otherWorker] {
            for word in ["readonly", "writeonly"] {
                let topic = "spacelift/\(word)/\(Cast.otherPool)/\(target)"
                #expect(stage.subscribe(ours, topic) == [.notAuthorized])
                let sender = stage.client("\(Cast.otherWorker)", worker)
                stage.publish(sender, topic, "x", qos: .atLeastOnce)
                guard case .pubAck(let told) = stage.take(sender).first else { return #expect(Bool(false), "\(topic)") }
                #expect(told.reason == .notAuthorized)
            }
        }
        let backend = stage.client("server", .backend(name: "server"))
        stage.publish(backend, "spacelift/readonly/\(Cast.otherPool)/\(Cast.worker)", "job", qos: .atLeastOnce)
        #expect(stage.publishes(theirs).map(\.text) == ["job"])
        #expect(stage.publishes(ours) == [])
        #expect(stage.handOvers == [])
    }

    /// [T-33, T-34] What waited for a credential is not given to whoever comes after it was taken back.
    @Test func whatWaitedIsNotDeliveredAfterTheCredentialIsTakenBack() {
        let backend = stage.client("server", .backend(name: "server"))
        let old = stage.client(
            "\(Cast.worker)", worker, cleanStart: false, properties: kept, fingerprint: "old")
        _ = stage.subscribe(old, Cast.readonly, qos: .atLeastOnce)
        stage.end(old)
        stage.publish(backend, Cast.readonly, "waits", qos: .atLeastOnce)
        stage.withBroker { broker, now in broker.revoked(worker, fingerprint: "old", at: now) }
        let new = stage.client(
            "\(Cast.worker)", worker, cleanStart: false, properties: kept, fingerprint: "new")
        #expect(stage.publishes(new) == [])
        stage.publish(backend, Cast.readonly, "after", qos: .atLeastOnce, packetID: 2)
        #expect(stage.publishes(new) == [], "its subscription went as well")
        #expect(stage.subscribe(new, Cast.readonly, qos: .atLeastOnce) == [.grantedQoS1])
        stage.publish(backend, Cast.readonly, "new", qos: .atLeastOnce, packetID: 3)
        #expect(stage.publishes(new).map(\.text) == ["new"])
    }

    /// [T-35] The second half of QoS 2 says nothing a second time, and less after the credential is gone.
    @Test func aReleaseAfterTheCredentialIsTakenBackPublishesNothing() {
        let backend = stage.client("server", .backend(name: "server"))
        _ = stage.subscribe(backend, "spacelift/writeonly/#")
        let old = stage.client(
            "\(Cast.worker)", worker, cleanStart: false, properties: kept, fingerprint: "old")
        stage.publish(old, Cast.writeonly, "once", qos: .exactlyOnce, packetID: 7)
        stage.commit(1...1)
        #expect(stage.publishes(backend).map(\.text) == ["once"])
        stage.withBroker { broker, now in broker.revoked(worker, fingerprint: "old", at: now) }
        stage.send(.pubRel(Acknowledgement(packetID: 7)), from: old)
        let new = stage.client(
            "\(Cast.worker)", worker, cleanStart: false, properties: kept, fingerprint: "new")
        stage.send(.pubRel(Acknowledgement(packetID: 7)), from: new)
        #expect(stage.take(new) == [.pubComp(Acknowledgement(packetID: 7, reason: .packetIdentifierNotFound))])
        #expect(stage.publishes(backend) == [])
        #expect(stage.handOvers.count == 1)
    }

    /// [T-44] What the broker says of all is not for one of them.
    @Test(arguments: ["$SYS/#", "$SYS/broker/uptime", "#", "+/#", "$share/g/$SYS/#"])
    func aWorkerSeesNothingOfTheBrokerItself(filter: String) {
        let id = stage.client("\(Cast.worker)", worker)
        #expect(stage.subscribe(id, filter) == [.notAuthorized])
        stage.pass(30)
        #expect(stage.publishes(id) == [])
    }

    // MARK: Beyond SUBSCRIBE and PUBLISH

    /// [T-33, T-39] A filter may match more than may be received: `writeonly/#` matches `writeonly` itself. What the
    /// filter let through is looked at again where it is delivered, kept and shared.
    @Test(arguments: ["spacelift/writeonly/#", "$share/g/spacelift/writeonly/#"])
    func whatAFilterMatchesIsLookedAtAgainAtDelivery(filter: String) {
        let stranger = stage.client("stranger")
        stage.publish(stranger, "spacelift/writeonly", "kept", retain: true)
        let backend = stage.client("server", .backend(name: "server"))
        #expect(stage.subscribe(backend, filter) == [.success])
        #expect(stage.publishes(backend) == [], "what was kept")
        stage.publish(stranger, "spacelift/writeonly", "now")
        #expect(stage.publishes(backend) == [], "what comes now")
        stage.publish(stranger, Cast.writeonly, "allowed")
        #expect(stage.publishes(backend).map(\.text) == ["allowed"])
    }

    /// [T-33, T-39] A session that holds more than its client may have gives it nothing of that when it is taken up.
    @Test func aSessionThatIsTakenUpIsLookedAtAgain() {
        let foreign = "spacelift/readonly/\(Cast.pool)/\(Cast.otherWorker)"
        let first = stage.client("\(Cast.worker)", worker, cleanStart: false, properties: kept)
        stage.end(first)
        stage.withBroker { broker, now in
            for session in broker.sessions.values where session.worker == Cast.worker {
                let subscription = Subscription(filter: topicFilter(foreign), maximumQoS: .atLeastOnce)
                let entry = SubscriptionEntry(session: session, subscription: subscription, identifier: 0)
                session.subscriptions[entry.filter] = entry
                broker.tree.insert(entry)
                let message = Message(
                    topic: broker.node(of: topicName(foreign)), payload: [1], properties: [], expiresAt: .max,
                    qos: .atLeastOnce, at: now)
                let delivery = Delivery(message, qos: .atLeastOnce, retain: false, identifiers: [])
                broker.enqueue(delivery, session, from: nil, isOnly: true, at: now)
            }
        }
        let again = stage.client("\(Cast.worker)", worker, cleanStart: false, properties: kept)
        #expect(stage.publishes(again) == [])
        stage.withBroker { broker, _ in
            #expect(broker.sessions.values.allSatisfy { $0.subscriptions.isEmpty && $0.queue.isEmpty })
        }
    }

    /// [T-32, T-39] A will is looked at again when it fires: an earlier start may have had another namespace.
    @Test func aWillIsLookedAtAgainWhenItFires() {
        let stranger = stage.client("stranger")
        #expect(stage.subscribe(stranger, "#") == [.success])
        let name = KeptWill.Name(pool: Cast.pool, clientID: clientID("\(Cast.worker)"), epoch: 7)
        let will = Will(topic: topicName("other/writeonly/\(Cast.pool)/\(Cast.worker)"), payload: [1])
        stage.withBroker { broker, now in
            let left = KeptWill.Left(cause: .serverCrash, at: now.wall)
            broker.willsRecovered([KeptWill(name: name, will: will, left: left)], at: now)
        }
        stage.pass(61)
        #expect(stage.publishes(stranger) == [] && stage.handOvers == [])
        #expect(stage.wills == [.forget(name)])
    }
}
