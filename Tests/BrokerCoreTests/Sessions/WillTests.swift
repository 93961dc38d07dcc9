import BrokerCore
import MQTT
import Testing

@Suite struct WillTests {
    let stage = Stage()

    private func watcher() -> ConnectionID {
        let id = stage.client("watcher")
        _ = stage.subscribe(id, "#", qos: .atLeastOnce)
        return id
    }

    private func will(_ delay: UInt32 = 0, retain: Bool = false) -> Will {
        Will(
            topic: topicName("will"), payload: [0x77], qos: .atLeastOnce, retain: retain,
            properties: delay == 0 ? [] : [.willDelayInterval(delay)])
    }

    // covers: MQTT-3.1.2-8 (5.0)
    @Test func saysTheWillOfWhoIsGoneWithoutAWord() {
        let watcher = watcher()
        let id = stage.client("a", will: will())
        stage.end(id, .failed("reset"))
        #expect(stage.publishes(watcher).map(\.text) == ["w"])
    }

    // covers: MQTT-3.1.2-10 (5.0), MQTT-3.14.4-3 (5.0)
    @Test func forgetsTheWillOfWhoSaysGoodbye() {
        let watcher = watcher()
        let id = stage.client("a", will: will())
        stage.send(.disconnect(Disconnect()), from: id)
        #expect(stage.publishes(watcher) == [])
        let other = stage.client("b", will: will())
        stage.send(.disconnect(Disconnect(reason: .disconnectWithWill)), from: other)
        #expect(stage.publishes(watcher).map(\.text) == ["w"])
    }

    // covers: MQTT-3.1.2-8 (5.0), MQTT-3.1.3-9 (5.0)
    @Test func waitsWithTheWillAsLongAsItsDelay() {
        let watcher = watcher()
        let kept: Properties = [.sessionExpiryInterval(100)]
        let id = stage.client("a", properties: kept, will: will(5))
        stage.end(id)
        stage.pass(4.9)
        #expect(stage.publishes(watcher) == [])
        stage.pass(0.2)
        #expect(stage.publishes(watcher).map(\.text) == ["w"])
        let again = stage.client("a", cleanStart: false, properties: kept, will: will(5))
        stage.end(again)
        stage.pass(3)
        _ = stage.client("a", cleanStart: false, properties: kept)
        stage.pass(10)
        #expect(stage.publishes(watcher) == [])
    }

    // covers: MQTT-3.1.2-8 (5.0)
    @Test func doesNotWaitLongerThanTheSession() {
        let watcher = watcher()
        let short = stage.client("a", properties: [.sessionExpiryInterval(2)], will: will(50))
        stage.end(short)
        stage.pass(2.1)
        #expect(stage.publishes(watcher).count == 1)
        let kept = stage.client("b", properties: [.sessionExpiryInterval(90)], will: will(50))
        stage.end(kept)
        _ = stage.client("b", cleanStart: true)
        #expect(stage.publishes(watcher).count == 1)
    }

    // covers: MQTT-3.1.2-15 (5.0)
    @Test func keepsARetainedWill() {
        let id = stage.client("a", will: will(retain: true))
        stage.end(id)
        let watcher = watcher()
        #expect(stage.publishes(watcher).map(\.retain) == [true])
    }

    /// Who listens hears it, and that it is not kept is told as it is of a PUBLISH. [T-24]
    @Test func saysThatThereWasNoRoomToKeepAWill() {
        var limits = Limits()
        limits.retained = 1
        let stage = Stage(BrokerConfiguration(limits: limits))
        let watcher = stage.client("watcher")
        _ = stage.subscribe(watcher, "will")
        let writer = stage.client("writer")
        stage.say(writer, "a", "x", qos: .atLeastOnce, retain: true)
        stage.publish(writer, "b", "x", qos: .atLeastOnce, retain: true)
        let id = stage.client("a", will: will(retain: true))
        stage.end(id)
        #expect(stage.publishes(watcher).map(\.text) == ["w"])
        let lines = stage.lines.filter { $0.message == "messages were given up" }
        #expect(
            lines.map { $0.fields.map(\.value) }
                == ["writer", "a"].map {
                    [$0, "1", "no room for more retained messages"]
                })
        stage.withBroker { broker, now in #expect(broker.statistics(at: now).publishDropped == 2) }
        let late = stage.client("late")
        _ = stage.subscribe(late, "will")
        #expect(stage.publishes(late) == [])
    }

    @Test func letsAnOperatorDecideOnTheWill() {
        let watcher = watcher()
        for fires in [true, false] {
            let id = stage.client("a", will: will())
            stage.withBroker { broker, now in
                broker.cut(id, reason: .administrativeAction, fireWill: fires, cleanSession: true, at: now)
            }
            guard case .disconnect(let last) = stage.take(id).last else { return #expect(Bool(false)) }
            #expect(last.reason == .administrativeAction)
            #expect(stage.publishes(watcher).count == (fires ? 1 : 0))
        }
    }
}
