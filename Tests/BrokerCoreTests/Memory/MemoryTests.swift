import AdminProtocol
import MQTT
import TestSupport
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
        // And fifty small places in queues.
        #expect((10_000...25_000).contains(held - before), "\(held - before)")
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
            // Not all 95 were needed for that.
            let lost = events.filter { $0.what == .dropped }.compactMap {
                Int($0.detail.prefix { $0 != " " })
            }
            #expect(lost.count == 1 && (85...95).contains(lost[0]), "\(lost)")
            #expect(broker.observatory.pulse.dropped == Int64(lost[0]))
            let record = broker.observatory.client(of: .open, clientID: Array("large".utf8))
            #expect(record.dropped == Int64(lost[0]), "each once, for the client as for the broker")
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

    /// Its session ends with its connection, and what it is not sent any more is told of all the same. [T-24]
    @Test func whatAConnectedConsumerLosesIsTold() {
        let reader = stage.client("reader")
        _ = stage.subscribe(reader, "for/reader", qos: .atLeastOnce)
        let writer = stage.client("writer")
        stage.stuck.insert(reader)
        publish(130, to: "reader", from: writer)
        stage.pass(0.5)
        #expect(stage.closed.contains(reader))
        let events = stage.withBroker { broker, _ in broker.observatory.events.last(20) }
        #expect(events.contains { $0.what == .dropped && $0.reason == "memory full" })
        #expect(stage.lines.contains { $0.message == "messages were given up" })
    }

    /// Of several that hold the same, always the same one goes.
    @Test func ofEqualConsumersTheLastInOrderIsEnded() {
        let names = (0..<8).map { "r\($0)" }
        for name in names + ["x"] { absent(name) }
        let writer = stage.client("writer")
        for name in names { publish(12, to: name, from: writer) }
        publish(8, to: "x", from: writer)
        let left = stage.withBroker { broker, _ in Set(broker.sessions.values.map { $0.clientID }) }
        #expect(names.filter { !left.contains(clientID($0)) } == ["r7"])
    }

    /// Messages that were kept for their topics and that nobody gets any more are no reason to end anybody.
    @Test func keptMessagesThatHaveExpiredGoFirst() {
        absent("reader")
        let writer = stage.client("writer")
        publish(9, to: "reader", from: writer)
        for number in 0..<70 {
            stage.publish(writer, "t/\(number)", payload, retain: true, properties: [.messageExpiryInterval(5)])
        }
        #expect(pressure == .high)
        stage.pass(4)
        #expect(pressure == .high)
        stage.pass(3)
        #expect(pressure == .none)
        stage.withBroker { broker, _ in
            #expect(broker.retained.count == 0)
            #expect(broker.sessions.values.contains { $0.clientID == clientID("reader") })
        }
    }

    /// However many it takes, they go in the order of what they hold, and no more of them than it takes.
    @Test func oneTurnEndsAsManyAsItTakesTheLargestFirst() {
        let counts = [7, 9, 8, 9, 7, 10, 8, 7]
        for (number, count) in counts.enumerated() {
            absent("r\(number)")
            let writer = stage.client("writer")
            publish(count, to: "r\(number)", from: writer)
        }
        let console = stage.client("console", .admin(name: "alice", role: .operator))
        stage.pass(0.5)
        #expect(pressure == .none)
        stage.withBroker { broker, now in
            broker.keeps(broker.limits.memory - broker.held + 300_000, of: console)
            broker.weighMemory(at: now)
            let ended = broker.observatory.events.last(20).filter { $0.what == .dropped }
                .compactMap { $0.client.map { String(decoding: $0.clientID, as: UTF8.self) } }
            #expect(ended == ["r5", "r3", "r1", "r6"])
            #expect(broker.pressure == .severe && broker.sessions.count == 6)
        }
    }

    /// Were it only just enough, the next bytes would have all sessions looked at again, and thousands of clients that
    /// say on would leave no time for anything else.
    @Test func someRoomIsMadeAtOnce() {
        var limits = Limits()
        limits.memory = 16 << 20
        let stage = Stage(BrokerConfiguration(limits: limits))
        let clients = (0..<240).map { stage.client("w\($0)", version: .v311) }
        for id in clients where !stage.closed.contains(id) {
            // Most of a message of 100,000 bytes.
            stage.send(hex("30 A0 8D 06 <t>") + [UInt8](repeating: 0x78, count: 70_000), from: id)
        }
        stage.withBroker { broker, _ in
            #expect(broker.pressure == .severe)
            #expect((94...97).contains(broker.held / (limits.memory / 100)), "\(broker.held)")
        }
        let gone = clients.count { stage.closed.contains($0) }
        #expect((20...40).contains(gone), "\(gone)")
    }

    /// Between two ticks as much may come as the machine can carry.
    @Test func stepsAreTakenWhereTheyArePassedAndNotAtTheNextTick() {
        absent("reader")
        let writer = stage.client("writer")
        publish(76, to: "reader", from: writer)
        #expect(pressure == .high && stage.paused.contains(writer))
        publish(16, to: "reader", from: writer)
        #expect(pressure == .severe)
        publish(40, to: "reader", from: writer)
        #expect(held < 1_048_576)
    }

    /// What one of many says to forty that do not read is in memory once, and in their order.
    @Test(arguments: [QoS.atMostOnce, .atLeastOnce])
    func aMessageForManyThatDoNotReadIsNotCopiedWithoutEnd(_ qos: QoS) {
        let readers = (0..<40).map { number in
            let id = stage.client("r\(number)")
            _ = stage.subscribe(id, "for/all", qos: qos)
            stage.stuck.insert(id)
            return id
        }
        let writer = stage.client("writer")
        stage.pass(0.5)
        var most = 0
        var sent = 0
        while sent < 20, !stage.closed.contains(writer) {
            stage.publish(writer, "for/all", "\(sent)" + payload, qos: qos)
            if !stage.closed.contains(writer) { sent += 1 }
            most = max(most, held)
        }
        #expect(sent > 5)
        #expect(most < 1_048_576 / 100 * 115, "\(most)")
        // Whoever is still there gets what it was not told it lost, in order.
        for id in readers where !stage.closed.contains(id) {
            stage.unstick(id)
            let numbers = stage.publishes(id).compactMap { Int($0.text.prefix { $0 != "x" }) }
            #expect(numbers == Array(0..<sent), "\(numbers)")
        }
    }

    /// Names count: ten thousand filters of a kilobyte are as good a way to fill memory as messages are.
    @Test func filtersTopicsAndClientsCountAndAreForgotten() {
        stage.pass(0.5)
        let before = held
        let id = stage.client("a")
        for number in 0..<50 { _ = stage.subscribe(id, String(repeating: "f", count: 1_000) + "\(number)") }
        #expect(held - before > 100_000)
        stage.end(id)
        stage.pass(0.5)
        #expect(abs(held - before) < 5_000, "\(held - before)")
    }

    /// Names of two hundred levels take two hundred places, and each is counted. [T-07]
    @Test func eachLevelOfANameCountsAndIsForgotten() {
        let id = stage.client("a")
        stage.pass(0.5)
        let before = held
        let deep = String(repeating: "/", count: 200)
        for number in 0..<4 { _ = stage.subscribe(id, "\(number)\(deep)") }
        let subscribed = held
        #expect(subscribed - before > 4 * 200 * 200, "\(subscribed - before)")
        for number in 4..<8 { stage.publish(id, "\(number)\(deep)", "x", retain: true) }
        #expect(held - subscribed > 4 * 200 * 200, "\(held - subscribed)")
        for number in 4..<8 { stage.publish(id, "\(number)\(deep)", "", retain: true) }
        stage.end(id)
        stage.pass(0.5)
        // What is remembered of topics to be quick.
        #expect(abs(held - before) < 10_000, "\(held - before)")
    }

    /// What the socket was given and did not take is still ours.
    @Test func whatASocketKeepsCounts() {
        let id = stage.client("a")
        stage.pass(0.5)
        let before = held
        stage.withBroker { broker, _ in broker.keeps(200_000, of: id) }
        #expect(held - before == 200_000)
        stage.withBroker { broker, _ in broker.keeps(0, of: id) }
        #expect(held == before)
    }

    /// A half of a message is not read on, and goes when it is the most that anybody holds.
    @Test func halvesOfMessagesAreBoundedToo() {
        let half = Packet.publish(
            Publish(topic: TopicName("t"), payload: [UInt8](repeating: 1, count: 131_072))
        ).encoded(.v5).dropLast(10)
        var writers: [ConnectionID] = []
        var most = 0
        for number in 0..<30 where pressure < .severe {
            let id = stage.client("w\(number)")
            writers.append(id)
            stage.send(Array(half), from: id)
            most = max(most, held)
        }
        #expect(most < 1_048_576)
        #expect(writers.contains { stage.paused.contains($0) })
    }

    /// Who has not introduced itself is let go first.
    @Test func theBeginningOfALongCONNECTIsNotKeptWhenMemoryIsShort() {
        let long = Packet.connect(
            Connect(
                clientID: clientID("long"),
                will: Will(topic: topicName("w"), payload: [UInt8](repeating: 1, count: 60_000)))
        ).encoded(.v5)
        var most = 0
        var strangers: [ConnectionID] = []
        for _ in 0..<40 {
            let id = stage.accept()
            strangers.append(id)
            stage.send(Array(long.dropLast(10)), from: id)
            most = max(most, held)
        }
        #expect(most < 1_048_576)
        #expect(stage.closed.contains(strangers[39]) && !stage.closed.contains(strangers[0]))
    }

    /// With nobody to be ended, what comes is not taken: it was not acknowledged.
    @Test func aPublisherIsSentAwayWhenTheQueueHoldsAllMemory() {
        let workers = (0..<12).map {
            stage.client("01K9ZZZZZZ00000000000000\(10 + $0)", .worker(pool: Cast.pool))
        }
        var most = 0
        for round in 0..<10 {
            for (number, worker) in workers.enumerated() where !stage.closed.contains(worker) {
                let topic = "spacelift/writeonly/\(Cast.pool)/01K9ZZZZZZ00000000000000\(10 + number)"
                stage.publish(
                    worker, topic, String(repeating: "x", count: 100_000), qos: .atLeastOnce,
                    packetID: UInt16(round + 1))
                most = max(most, held)
            }
        }
        #expect(most < 1_048_576 / 100 * 150, "\(most)")
        #expect(workers.contains { stage.closed.contains($0) })
        let events = stage.withBroker { broker, _ in broker.observatory.events.last(20) }
        #expect(events.contains { $0.detail.hasPrefix("memory is full") })
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
