import BrokerCore
import MQTT
import Testing

/// A will is kept with its session, said once, and only if nobody took it back.
@Suite struct LastWillTests {
    let stage = Stage()

    private func watcher(_ version: ProtocolVersion = .v5) -> ConnectionID {
        let id = stage.client("watcher", version: version)
        _ = stage.subscribe(id, "will/#", qos: .exactlyOnce, retainAsPublished: version == .v5)
        return id
    }

    private func will(
        _ topic: String = "will/a", qos: QoS = .atLeastOnce, retain: Bool = false, delay: UInt32 = 0
    ) -> Will {
        Will(
            topic: topicName(topic), payload: [0x77], qos: qos, retain: retain,
            properties: delay == 0 ? [] : [.willDelayInterval(delay)])
    }

    /// Every way a connection can end without the client's word for it.
    // covers: MQTT-3.1.2-7 (5.0), MQTT-3.1.2-8 (5.0), MQTT-3.1.2-10 (5.0), MQTT-3.1.2-8 (3.1.1), MQTT-3.1.2-10 (3.1.1)
    @Test(arguments: bothVersions)
    func isSaidOnceHoweverTheConnectionEnds(_ version: ProtocolVersion) {
        let ends: [(String, (ConnectionID) -> Void)] = [
            ("the socket is closed", { stage.end($0) }), ("it breaks", { stage.end($0, .failed("reset")) }),
            ("it is silent", { _ in stage.pass(16) }), ("it sends nonsense", { stage.send([0], from: $0) }),
            ("it is taken over", { _ in _ = stage.client("a", version: version) }),
            ("it greets twice", { stage.send(.connect(Connect(version: version, clientID: clientID("a"))), from: $0) }),
        ]
        let watcher = watcher(version)
        for (what, end) in ends {
            let id = stage.client("a", version: version, keepAlive: 10, will: will())
            end(id)
            #expect(stage.drain(watcher).map(\.text) == ["w"], "\(what)")
            #expect(stage.closed.contains(id) || what.contains("socket") || what.contains("breaks"))
            // Said is said: neither the end of the session nor the next connection says it again.
            let next = stage.client("a", version: version, cleanStart: false)
            stage.end(next)
            stage.pass(1)
            #expect(stage.drain(watcher) == [], "\(what)")
        }
    }

    // covers: MQTT-3.14.4-3 (5.0), MQTT-3.1.2-10 (5.0), MQTT-3.14.4-3 (3.1.1), MQTT-3.1.2-10 (3.1.1)
    // covers: MQTT-3.1.2-8 (3.1.1)
    @Test(arguments: bothVersions)
    func isForgottenOverAGoodbye(_ version: ProtocolVersion) {
        let watcher = watcher(version)
        let id = stage.client("a", version: version, cleanStart: false, properties: kept(version), will: will())
        stage.send(.disconnect(Disconnect()), from: id)
        stage.end(id)
        let again = stage.client("a", version: version, cleanStart: false, properties: kept(version))
        stage.end(again, .failed("reset"))
        stage.pass(10)
        #expect(stage.drain(watcher) == [], "not even when the session ends badly later")
    }

    // covers: MQTT-3.14.4-3 (5.0)
    @Test func isSaidOverAGoodbyeThatAsksForIt() {
        let watcher = watcher()
        let reasons: [ReasonCode] = [
            .disconnectWithWill, .unspecifiedError, .malformedPacket, .protocolError, .implementationSpecificError,
            .topicNameInvalid, .receiveMaximumExceeded, .topicAliasInvalid, .packetTooLarge, .messageRateTooHigh,
            .quotaExceeded, .administrativeAction, .payloadFormatInvalid,
        ]
        for reason in reasons {
            let id = stage.client("a", will: will())
            stage.send(.disconnect(Disconnect(reason: reason)), from: id)
            #expect(stage.drain(watcher).map(\.text) == ["w"], "\(reason)")
        }
    }

    // covers: MQTT-3.1.2-12 (3.1.1)
    @Test(arguments: bothVersions)
    func isNotThereWithoutItsFlag(_ version: ProtocolVersion) {
        let watcher = stage.client("watcher", version: version)
        _ = stage.subscribe(watcher, "#")
        let first = stage.client("a", version: version, cleanStart: false, properties: kept(version), will: will())
        stage.end(first)
        #expect(stage.publishes(watcher).count == 1)
        // The next connection has no will, and does not inherit one.
        let second = stage.client("a", version: version, cleanStart: false, properties: kept(version))
        stage.end(second, .failed("reset"))
        #expect(stage.publishes(watcher) == [])
    }

    // covers: MQTT-3.1.2-14 (5.0), MQTT-3.1.2-15 (5.0), MQTT-3.1.2-16 (3.1.1), MQTT-3.1.2-17 (3.1.1)
    @Test(arguments: bothVersions)
    func isKeptForItsTopicIfItAsks(_ version: ProtocolVersion) {
        for retain in [false, true] {
            let id = stage.client("a", version: version, will: will("will/\(retain)", retain: retain))
            stage.end(id)
        }
        let watcher = stage.client("watcher", version: version)
        _ = stage.subscribe(watcher, "will/#")
        let messages = stage.publishes(watcher)
        #expect(messages.map(\.topic) == [topicName("will/true")])
        #expect(messages.map(\.retain) == [true])
    }

    /// At the quality it asks for, on its topic, to who subscribed.
    // covers: MQTT-3.1.2-7 (5.0), MQTT-3.1.2-8 (3.1.1)
    @Test(arguments: [QoS.atMostOnce, .atLeastOnce, .exactlyOnce])
    func goesAtItsOwnQuality(_ qos: QoS) {
        let watcher = watcher()
        let id = stage.client("a", will: will("will/deep/down", qos: qos))
        stage.end(id)
        let messages = stage.drain(watcher)
        #expect(messages.map(\.qos) == [qos])
        #expect(messages.map(\.topic) == [topicName("will/deep/down")])
    }

    /// Never early; at its time, or with the end of the session if that comes first.
    // covers: MQTT-3.1.2-8 (5.0), MQTT-3.1.3-9 (5.0), MQTT-3.1.2-7 (5.0)
    @Test func waitsForItsDelayOrTheEndOfTheSession() {
        let watcher = watcher()
        let cases: [(delay: UInt32, expiry: UInt32, due: Double)] = [(3, 10, 3), (10, 3, 3), (5, 5, 5)]
        for (delay, expiry, due) in cases {
            let id = stage.client(
                "a", properties: [.sessionExpiryInterval(expiry)], will: will(delay: delay))
            stage.end(id)
            stage.pass(due - 0.1)
            #expect(stage.drain(watcher) == [], "\(delay) \(expiry)")
            stage.pass(0.6)
            #expect(stage.drain(watcher).map(\.text) == ["w"], "\(delay) \(expiry)")
            stage.pass(20)
            #expect(stage.drain(watcher) == [])
        }
        // A return before the delay keeps it from being said; what the new connection brings counts from then on.
        let id = stage.client("b", properties: kept(.v5), will: will(delay: 3))
        stage.end(id)
        stage.pass(2.5)
        let again = stage.client("b", cleanStart: false, properties: kept(.v5), will: will("will/new", delay: 3))
        stage.pass(60)
        #expect(stage.drain(watcher) == [])
        stage.end(again)
        stage.pass(3.5)
        #expect(stage.drain(watcher).map(\.topic) == [topicName("will/new")])
    }

    /// A clean start ends the old session, and with it the wait.
    // covers: MQTT-3.1.2-8 (5.0), MQTT-3.1.2-4 (5.0)
    @Test func isSaidWhenACleanStartEndsItsSession() {
        let watcher = watcher()
        let id = stage.client("a", properties: kept(.v5), will: will(delay: 60))
        stage.end(id)
        #expect(stage.drain(watcher) == [])
        _ = stage.client("a", cleanStart: true)
        #expect(stage.drain(watcher).map(\.text) == ["w"])
    }
}
