import AdminProtocol
import MQTT
import Testing

@testable import BrokerCore

/// One bound for all that is held, and what is done before it is reached. [T-70, T-73, X-12]
@Suite struct MemoryTests {
    private let stage: Stage
    private let payload = String(repeating: "x", count: 10_240)

    /// A megabyte, of which a hundred messages of ten kilobytes are nearly all.
    init() {
        var limits = Limits()
        limits.memory = 1_048_576
        stage = Stage(BrokerConfiguration(limits: limits))
    }

    private var pressure: MemoryPressure { stage.withBroker { broker, _ in broker.pressure } }
    private var held: Int { stage.withBroker { broker, _ in broker.held } }

    /// A session of somebody who has gone, for whom messages are kept.
    private func absent(_ name: String) {
        let id = stage.client(name, cleanStart: false, properties: [.sessionExpiryInterval(600)])
        _ = stage.subscribe(id, "for/\(name)", qos: .atLeastOnce)
        stage.end(id)
    }

    private func publish(_ count: Int, to name: String, from writer: ConnectionID) {
        for _ in 0..<count {
            stage.publish(writer, "for/\(name)", payload, qos: .atLeastOnce)
            _ = stage.take(writer)
        }
    }

    @Test func countsWhatIsKeptAndForgetsWhatIsGone() {
        absent("reader")
        let writer = stage.client("writer")
        stage.pass(0.5)
        let before = held
        publish(20, to: "reader", from: writer)
        #expect((200_000...230_000).contains(held - before), "\(held - before)")
        let again = stage.client("reader", cleanStart: true)
        stage.end(again)
        stage.pass(0.5)
        #expect(abs(held - before) < 2_000, "\(held - before)")
    }

    /// A message that a thousand wait for is in memory once.
    @Test func countsAMessageOnceHoweverManyWaitForIt() {
        for number in 0..<50 {
            let id = stage.client("r\(number)", cleanStart: false, properties: [.sessionExpiryInterval(600)])
            _ = stage.subscribe(id, "all", qos: .atLeastOnce)
            stage.end(id)
        }
        let writer = stage.client("writer")
        stage.pass(0.5)
        let before = held
        stage.publish(writer, "all", payload, qos: .atLeastOnce)
        #expect((10_000...12_000).contains(held - before))
    }

    @Test func wakesPublishersWaitAndAlarmsAtThreeQuarters() {
        absent("reader")
        let writer = stage.client("writer")
        let other = stage.client("other")
        publish(78, to: "reader", from: writer)
        stage.pass(0.1)
        #expect(pressure == .high)
        publish(1, to: "reader", from: writer)
        #expect(stage.paused.contains(writer))
        // Who only listens is heard: what it acknowledges gives memory back.
        #expect(!stage.paused.contains(other))
        stage.pass(1.1)
        let alerts = stage.withBroker { broker, now in broker.observatory.alerts(at: now).map(\.text) }
        #expect(alerts.contains { $0.hasPrefix("memory: 7") && $0.hasSuffix("publishers wait") }, "\(alerts)")
        // A moment is given to it now and then.
        stage.pass(1.5)
        #expect(!stage.paused.contains(writer))
        let reader = stage.client("reader", cleanStart: false, properties: [.sessionExpiryInterval(600)])
        for publish in stage.publishes(reader) {
            stage.send(.pubAck(Acknowledgement(packetID: publish.packetID)), from: reader)
        }
        _ = stage.publishes(reader)
        stage.pass(0.5)
        #expect(pressure < .severe)
    }

    @Test func turnsNewClientsAwayAtNineTenths() {
        absent("reader")
        let writer = stage.client("writer")
        publish(94, to: "reader", from: writer)
        stage.pass(0.1)
        #expect(pressure == .severe)
        let new = stage.accept()
        stage.send(.connect(Connect(clientID: clientID("new"))), from: new)
        guard case .connAck(let answer) = stage.take(new).first else { return #expect(Bool(false)) }
        #expect(answer.reason == .serverBusy)
        #expect(stage.closed.contains(new))
        let old = stage.accept()
        stage.send(.connect(Connect(version: .v311, clientID: clientID("old"))), from: old)
        #expect(stage.take(old) == [.connAck(ConnAck(reason: .serverUnavailable))])
        // Operators are let in when they are needed.
        let admin = stage.accept(.admin(name: "alice", role: .operator))
        stage.send(.connect(Connect(clientID: clientID("console"))), from: admin)
        #expect(!stage.closed.contains(admin))
    }

    @Test func endsTheLargestConsumerAtTheEndAndSaysWhatWasLost() {
        absent("small")
        absent("large")
        let writer = stage.client("writer")
        publish(10, to: "small", from: writer)
        publish(95, to: "large", from: writer)
        stage.pass(0.1)
        #expect(pressure == .none)
        stage.withBroker { broker, _ in
            #expect(broker.sessions.values.contains { $0.clientID == clientID("small") })
            #expect(!broker.sessions.values.contains { $0.clientID == clientID("large") })
            let events = broker.observatory.events.last(10)
            #expect(events.contains { $0.what == .dropped && $0.detail == "95 messages not delivered" })
        }
        #expect(!stage.closed.contains(writer))
    }

    @Test func aConnectedConsumerIsToldWhyItIsEnded() {
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "for/reader")
        let writer = stage.client("writer")
        stage.stuck.insert(reader)
        publish(130, to: "reader", from: writer)
        stage.pass(0.5)
        #expect(stage.closed.contains(reader))
        #expect(!stage.closed.contains(writer))
        #expect(pressure == .none)
    }

    /// [T-73]
    @Test func isOnWithoutAnyConfiguration() {
        #expect(Limits().memory > 0 && Limits().memoryFull == 100)
        #expect(MemoryPressure.of(1 << 30, Limits(), before: .none) == .full)
    }

    @Test(arguments: [
        (0, MemoryPressure.none, MemoryPressure.none), (749, .none, .none), (750, .none, .high), (720, .high, .high),
        (699, .high, .none), (899, .severe, .high), (900, .high, .severe), (1_000, .none, .full), (720, .full, .high),
    ])
    func stepsUpAtItsMarksAndDownAtLowerOnes(held: Int, before: MemoryPressure, after: MemoryPressure) {
        var limits = Limits()
        limits.memory = 1_000
        #expect(MemoryPressure.of(held, limits, before: before) == after)
    }
}
