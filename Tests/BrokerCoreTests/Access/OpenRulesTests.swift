import BrokerCore
import MQTT
import Testing

/// What `signalbox broker --open` is told beside the address.
@Suite struct OpenRulesTests {
    private let stage = Stage(
        BrokerConfiguration(
            openRules: OpenRules(
                deniedFilters: [Array("test/nosubscribe".utf8)], maximumKeepAlive: 60, receiveMaximum: 3)))

    // covers: MQTT-3.9.3-1 (5.0), MQTT-3.9.3-1 (3.1.1), MQTT-3.8.4-5 (3.1.1)
    @Test(arguments: [ProtocolVersion.v311, .v5])
    func refusesTheDeniedFilterAndNoOther(_ version: ProtocolVersion) {
        let id = stage.client("a", version: version)
        #expect(stage.subscribe(id, "test/nosubscribe") == [.unspecifiedError], "0x80, whatever the version")
        #expect(stage.subscribe(id, "test/+") == [.success])
        #expect(stage.subscribe(id, "test/nosubscribe/x", qos: .exactlyOnce) == [.grantedQoS2])
        stage.publish(id, "test/nosubscribe", "is no subscription")
        #expect(stage.publishes(id).map(\.text) == ["is no subscription"])
    }

    @Test func toldNobodyElseWhatTheOpenListenerDenies() {
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool), keepAlive: 200)
        #expect(stage.subscribe(worker, Cast.readonly) == [.success])
    }

    // covers: MQTT-3.1.2-21 (5.0), MQTT-3.1.2-22 (5.0)
    @Test(arguments: [(UInt16(61), UInt16(60)), (0, 60), (60, nil), (5, nil)] as [(UInt16, UInt16?)])
    func tellsWhoAsksForMoreHowLongToKeepAlive(asked: UInt16, told: UInt16?) {
        let id = stage.accept()
        stage.send(.connect(Connect(clientID: clientID("a"), keepAlive: asked)), from: id)
        guard case .connAck(let answer) = stage.take(id).first else { return #expect(Bool(false)) }
        #expect(answer.properties.serverKeepAlive == told)
        let silence = Double(told ?? asked) * 1.5
        stage.pass(silence - 0.1)
        #expect(!stage.closed.contains(id), "never early")
        stage.pass(0.5)
        #expect(stage.closed.contains(id), "within half a second")
    }

    @Test func leavesAnOldClientItsKeepAlive() {
        let id = stage.client("a", version: .v311, keepAlive: 0)
        stage.pass(1_000)
        #expect(!stage.closed.contains(id))
    }

    // covers: MQTT-3.3.4-7 (5.0), MQTT-3.2.2-3 (5.0)
    @Test func takesAsManyAsItSaid() {
        let stage = Stage(BrokerConfiguration(openRules: OpenRules(receiveMaximum: 2_000)))
        let id = stage.client("a")
        for number in 1...2_000 as ClosedRange<UInt16> {
            stage.publish(id, "t", "x", qos: .exactlyOnce, packetID: number)
        }
        #expect(stage.take(id).count == 2_000)
        stage.publish(id, "t", "x", qos: .exactlyOnce, packetID: 2_001)
        #expect(stage.take(id) == [.disconnect(Disconnect(reason: .receiveMaximumExceeded))])
    }

    // covers: MQTT-3.3.4-7 (5.0), MQTT-3.2.2-3 (5.0)
    @Test func sendsAwayWhoExceedsTheReceiveMaximum() {
        let id = stage.accept()
        stage.send(.connect(Connect(clientID: clientID("a"))), from: id)
        guard case .connAck(let answer) = stage.take(id).first else { return #expect(Bool(false)) }
        #expect(answer.properties.receiveMaximum == 3)
        for number in 1...3 as ClosedRange<UInt16> { stage.publish(id, "t", "x", qos: .exactlyOnce, packetID: number) }
        #expect(stage.take(id).count == 3)
        stage.publish(id, "t", "x", qos: .exactlyOnce, packetID: 4)
        #expect(stage.take(id) == [.disconnect(Disconnect(reason: .receiveMaximumExceeded))])
        #expect(stage.closed.contains(id))
    }

    /// What an earlier connection left unreleased takes nothing from the maximum of the next one.
    // covers: MQTT-4.9.0-1 (5.0)
    @Test func countsTheReceiveMaximumOfEachConnection() {
        let kept: Properties = [.sessionExpiryInterval(60)]
        let first = stage.client("a", cleanStart: false, properties: kept)
        for number in 1...3 as ClosedRange<UInt16> {
            stage.publish(first, "t", "x", qos: .exactlyOnce, packetID: number)
        }
        stage.end(first)
        let again = stage.client("a", cleanStart: false, properties: kept)
        for number in 11...13 as ClosedRange<UInt16> {
            stage.publish(again, "t", "x", qos: .exactlyOnce, packetID: number)
        }
        #expect(stage.take(again).count == 3)
        for number in 1...3 as ClosedRange<UInt16> {
            stage.send(.pubRel(Acknowledgement(packetID: number)), from: again)
        }
        #expect(stage.take(again) == (1...3).map { .pubComp(Acknowledgement(packetID: $0)) })
        #expect(!stage.closed.contains(again))
        stage.publish(again, "t", "x", qos: .atLeastOnce, packetID: 20)
        #expect(!stage.closed.contains(again), "two of three are under way, for PUBCOMP gave back what it could")
    }
}
