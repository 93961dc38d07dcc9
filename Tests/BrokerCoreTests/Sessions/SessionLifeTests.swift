import BrokerCore
import MQTT
import Testing

/// How long what a client had is kept for it.
@Suite struct SessionLifeTests {
    let stage = Stage()

    /// Whether a session of `a` is there, seen by a client that keeps it.
    private func isPresent(_ version: ProtocolVersion) -> Bool? {
        let (id, answer) = stage.greet(
            Connect(version: version, clientID: clientID("a"), cleanStart: false, properties: kept(version)))
        stage.end(id)
        return answer?.sessionPresent
    }

    // covers: MQTT-3.1.2-23 (5.0), MQTT-4.1.0-2 (5.0), MQTT-3.1.2-5 (5.0)
    @Test func endsASessionWhenItsTimeIsOverAndNotBefore() {
        let cases: [(UInt32, after: Double, Bool)] = [
            (0, 0, false), (5, 4.8, true), (5, 5.6, false), (3_600, 3_599, true), (3_600, 3_601, false),
        ]
        for (expiry, after, expected) in cases {
            let id = stage.client("a", properties: [.sessionExpiryInterval(expiry)])
            _ = stage.subscribe(id, "t", qos: .atLeastOnce)
            stage.pass(20)
            stage.end(id)
            stage.pass(after)
            let writer = stage.client("writer")
            stage.say(writer, "t", "x", qos: .atLeastOnce)
            let again = stage.client("a", cleanStart: false)
            #expect(stage.drain(again).map(\.text) == (expected ? ["x"] : []), "\(expiry) after \(after)")
            stage.end(again)
        }
    }

    /// The client's last word on it counts, and 0xFFFFFFFF is as long as the broker keeps anything.
    // covers: MQTT-3.1.2-23 (5.0), MQTT-4.1.0-2 (5.0)
    @Test func takesTheExpiryOfTheGoodbye() {
        let id = stage.client("a", properties: [.sessionExpiryInterval(3_600)])
        stage.send(.disconnect(Disconnect(properties: [.sessionExpiryInterval(2)])), from: id)
        stage.pass(1.5)
        #expect(isPresent(.v5) == true)
        let next = stage.client("a", cleanStart: false, properties: [.sessionExpiryInterval(.max)])
        stage.send(.disconnect(Disconnect(properties: [.sessionExpiryInterval(0)])), from: next)
        #expect(isPresent(.v5) == false)
        let last = stage.client("a", properties: [.sessionExpiryInterval(.max)])
        stage.end(last)
        stage.pass(1_000)
        #expect(isPresent(.v5) == true)
    }

    /// A session lasts at least as long as its connection, whatever the client said of afterwards.
    // covers: MQTT-4.1.0-1 (3.1.1), MQTT-4.1.0-2 (3.1.1), MQTT-4.1.0-1 (5.0), MQTT-3.1.2-4 (3.1.1)
    @Test(arguments: bothVersions, [true, false])
    func keepsEverythingWhileTheConnectionStands(_ version: ProtocolVersion, _ clean: Bool) {
        let id = stage.client("a", version: version, cleanStart: clean)
        _ = stage.subscribe(id, "t", qos: .exactlyOnce)
        let writer = stage.client("writer")
        stage.say(writer, "t", "1", qos: .exactlyOnce)
        stage.publish(id, "other", "x", qos: .exactlyOnce, packetID: 3)
        stage.pass(700_000 / 100)
        stage.say(writer, "t", "2", qos: .atLeastOnce)
        let messages = stage.take(id)
        #expect(messages.map(\.type) == [.publish, .pubRec, .publish])
        stage.send(.pubRel(Acknowledgement(packetID: 3)), from: id)
        #expect(stage.take(id) == [.pubComp(Acknowledgement(packetID: 3))], "it still knows the identifier")
        stage.end(id)
        #expect(isPresent(version) == (version == .v311 && !clean))
    }

    /// More than a client can take at once waits for it; nothing is dropped to make room while it is there.
    // covers: MQTT-4.1.0-1 (5.0), MQTT-4.1.0-1 (3.1.1)
    @Test func losesNothingOfAConnectedClient() {
        let reader = stage.client("reader", properties: [.receiveMaximum(1)])
        _ = stage.subscribe(reader, "t", qos: .atLeastOnce)
        let writer = stage.client("writer")
        for number in 0..<900 { stage.say(writer, "t", "\(number)", qos: .atLeastOnce) }
        #expect(stage.drain(reader).map(\.text) == (0..<900).map { "\($0)" })
    }

    /// A worker whose message cannot be made safe is not told that it is, and in the end closed.
    // covers: MQTT-4.8.0-2 (3.1.1), MQTT-4.3.2-2 (3.1.1)
    @Test func closesTheOldVersionWhenAMessageCannotBeTaken() {
        let id = stage.client("\(Cast.worker)", .worker(pool: Cast.pool), version: .v311)
        for number in 1...100 as ClosedRange<UInt16> {
            stage.publish(id, Cast.writeonly, "x", qos: .atLeastOnce, packetID: number)
        }
        stage.queueChanged("disk full")
        stage.pass(61)
        #expect(stage.closed.contains(id))
        #expect(stage.take(id) == [], "nothing was acknowledged")
    }

    // covers: MQTT-3.1.3-8 (5.0), MQTT-3.1.4-2 (5.0), MQTT-3.1.3-9 (3.1.1)
    @Test func closesWhoseNameItRefuses() {
        for (version, answer) in [(ProtocolVersion.v5, 0x85 as UInt8), (.v311, 0x02)] {
            let id = stage.accept(.worker(pool: Cast.pool))
            stage.send(.connect(Connect(version: version, clientID: clientID("no-ulid"))), from: id)
            let bytes = stage.takeBytes(id)
            #expect(bytes.first == 0x20 && bytes[2] == 0 && bytes[3] == answer)
            #expect(stage.closed.contains(id))
        }
    }
}
