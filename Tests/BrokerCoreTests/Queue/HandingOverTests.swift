import AdminProtocol
import MQTT
import Testing

@testable import BrokerCore

@Suite struct HandingOverTests {
    let stage = Stage()

    private func worker(_ version: ProtocolVersion = .v5, cleanStart: Bool = true) -> ConnectionID {
        stage.client(
            "\(Cast.worker)", .worker(pool: Cast.pool), version: version, cleanStart: cleanStart,
            properties: version == .v5 ? [.sessionExpiryInterval(600)] : [])
    }

    // covers: MQTT-4.3.2-4 (5.0), MQTT-4.3.3-8 (5.0)
    @Test func acknowledgesWhenTheQueueHasCommittedAndInOrder() {
        let id = worker()
        stage.publish(id, Cast.writeonly, "1", qos: .atLeastOnce, packetID: 1)
        stage.publish(id, Cast.writeonly, "2", qos: .exactlyOnce, packetID: 2)
        stage.publish(id, Cast.writeonly, "3")
        stage.publish(id, Cast.writeonly, "4", qos: .atLeastOnce, packetID: 4)
        #expect(stage.handOvers.map(\.ticket) == [1, 2, 3, 4])
        #expect(stage.handOvers.map(\.payload) == [[0x31], [0x32], [0x33], [0x34]])
        #expect(stage.handOvers.allSatisfy { $0.pool == Cast.pool && $0.worker == Cast.worker })
        #expect(stage.take(id) == [])
        stage.commit(2...3)
        #expect(stage.take(id) == [])
        stage.commit(1...1)
        #expect(
            stage.take(id) == [
                .pubAck(Acknowledgement(packetID: 1)), .pubRec(Acknowledgement(packetID: 2)),
            ])
        stage.commit(1...400)
        #expect(stage.take(id) == [.pubAck(Acknowledgement(packetID: 4))])
    }

    @Test func showsAMessageToThePlatformAtOnce() {
        let backend = stage.client("server", .backend(name: "server"))
        #expect(stage.subscribe(backend, "spacelift/writeonly/#", qos: .atLeastOnce) == [.grantedQoS1])
        let id = worker()
        stage.publish(id, Cast.writeonly, "x", qos: .atLeastOnce)
        #expect(stage.publishes(backend).map(\.text) == ["x"])
    }

    @Test func bringsAJobToItsWorker() {
        let id = worker(.v311)
        #expect(stage.subscribe(id, Cast.readonly, qos: .atLeastOnce) == [.grantedQoS1])
        let backend = stage.client("server", .backend(name: "server"))
        stage.publish(backend, Cast.readonly, "job", qos: .atLeastOnce)
        #expect(stage.publishes(id).map(\.text) == ["job"])
        #expect(stage.handOvers == [])
    }

    @Test func handsOverTheWill() {
        let will = Will(topic: topicName(Cast.writeonly), payload: [9])
        let id = stage.client("\(Cast.worker)", .worker(pool: Cast.pool), will: will)
        stage.end(id)
        #expect(stage.handOvers.map(\.payload) == [[9]])
        stage.commit(1...1)
    }

    // covers: MQTT-4.3.3-8 (5.0), MQTT-4.3.3-10 (5.0)
    @Test func doesNotHandOverAMessageOfQoS2TwiceNorAcknowledgeItTooEarly() {
        let id = worker(cleanStart: false)
        stage.publish(id, Cast.writeonly, "x", qos: .exactlyOnce, packetID: 7)
        stage.end(id)
        let again = worker(cleanStart: false)
        stage.publish(again, Cast.writeonly, "x", qos: .exactlyOnce, duplicate: true, packetID: 7)
        #expect(stage.handOvers.count == 1)
        #expect(stage.take(again) == [])
        stage.commit(1...1)
        #expect(stage.take(again) == [.pubRec(Acknowledgement(packetID: 7))])
    }

    /// A client may say it again without a new connection: it is one message, and is answered once. [T-11]
    @Test func countsAMessageOfQoS2OnceHoweverOftenItIsSaid() {
        let id = worker(.v311)
        for duplicate in [false, true, true] {
            for number in 1...100 as ClosedRange<UInt16> {
                stage.publish(id, Cast.writeonly, "x", qos: .exactlyOnce, duplicate: duplicate, packetID: number)
            }
        }
        #expect(stage.handOvers.count == 100 && stage.paused.contains(id))
        stage.commit(1...100)
        #expect(stage.take(id) == (1...100).map { .pubRec(Acknowledgement(packetID: $0)) })
        #expect(!stage.paused.contains(id))
        stage.pass(100)
        #expect(!stage.closed.contains(id))
        stage.publish(id, Cast.writeonly, "x", qos: .exactlyOnce, duplicate: true, packetID: 7)
        #expect(stage.take(id) == [.pubRec(Acknowledgement(packetID: 7))], "what is committed is answered again")
    }

    /// A refusal needs no commit, and does not overtake what does.
    @Test func refusesInItsTurn() {
        let id = worker()
        let foreign = "spacelift/writeonly/\(Cast.otherPool)/\(Cast.worker)"
        stage.publish(id, Cast.writeonly, "x", qos: .atLeastOnce, packetID: 1)
        stage.publish(id, foreign, "x", qos: .atLeastOnce, packetID: 2)
        stage.publish(id, foreign, "x", qos: .exactlyOnce, packetID: 3)
        stage.publish(id, Cast.writeonly, "x", qos: .atLeastOnce, packetID: 4)
        #expect(stage.take(id) == [])
        stage.commit(1...1)
        #expect(
            stage.take(id) == [
                .pubAck(Acknowledgement(packetID: 1)),
                .pubAck(Acknowledgement(packetID: 2, reason: .notAuthorized)),
                .pubRec(Acknowledgement(packetID: 3, reason: .notAuthorized)),
            ])
        stage.commit(2...2)
        #expect(stage.take(id) == [.pubAck(Acknowledgement(packetID: 4))])
        stage.publish(id, foreign, "x", qos: .atLeastOnce, packetID: 5)
        guard case .pubAck(let answer) = stage.take(id).first else { return #expect(Bool(false)) }
        #expect(answer.reason == .notAuthorized && answer.properties.reasonString != nil)
    }

    @Test func countsAMessageOfQoS2OnceAgainstTheReceiveMaximum() {
        let id = worker()
        for number in 1...99 as ClosedRange<UInt16> {
            stage.publish(id, Cast.writeonly, "x", qos: .exactlyOnce, packetID: number)
        }
        #expect(!stage.closed.contains(id))
        stage.commit(1...99)
        #expect(stage.take(id).count == 99)
    }

    @Test func stopsReadingWhenTheQueueLags() {
        let id = worker(.v311)
        for number in 1...100 as ClosedRange<UInt16> {
            stage.publish(id, Cast.writeonly, "x", qos: .atLeastOnce, packetID: number)
        }
        #expect(stage.paused.contains(id))
        stage.pass(59)
        #expect(!stage.closed.contains(id))
        stage.commit(1...100)
        #expect(!stage.paused.contains(id))
        #expect(stage.take(id).count == 100)
        stage.pass(100)
        #expect(!stage.closed.contains(id))
    }

    // covers: MQTT-4.13.2-1 (5.0)
    @Test func sendsAwayAfterAMinuteWithoutTheQueue() {
        let id = worker()
        for number in 1...100 as ClosedRange<UInt16> {
            stage.publish(id, Cast.writeonly, "x", qos: .atLeastOnce, packetID: number)
        }
        stage.pass(60.6)
        guard case .disconnect(let last) = stage.take(id).last else { return #expect(Bool(false)) }
        #expect(last.reason == .serverBusy)
    }

    /// [T-38] What cannot be promised is not promised: nobody is let in who would hear no acknowledgement.
    // covers: MQTT-3.1.4-2 (5.0), MQTT-3.2.2-8 (5.0)
    @Test func turnsNewWorkersAwayWhileTheQueueIsInTrouble() {
        func connect(_ version: ProtocolVersion, _ principal: Principal) -> ReasonCode? {
            let id = stage.accept(principal)
            stage.send(.connect(Connect(version: version, clientID: clientID("\(Cast.worker)"))), from: id)
            guard case .connAck(let answer) = stage.take(id).first else { return nil }
            return answer.reason
        }
        stage.queueChanged("disk full")
        #expect(connect(.v5, .worker(pool: Cast.pool)) == .success)
        stage.pass(6)
        #expect(connect(.v5, .worker(pool: Cast.pool)) == .serverBusy)
        #expect(connect(.v311, .worker(pool: Cast.pool)) == .serverUnavailable)
        #expect(connect(.v5, .admin(name: "ann", role: .operator)) == .success)
        stage.queueChanged(nil)
        #expect(connect(.v5, .worker(pool: Cast.pool)) == .success)
    }

    /// [T-70]
    @Test func allClientsTogetherHoldNoMoreThanTheBudget() {
        var limits = Limits()
        limits.queueBytes = 1_000
        let stage = Stage(BrokerConfiguration(limits: limits))
        let first = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        let second = stage.client("\(Cast.otherWorker)", .worker(pool: Cast.pool))
        let other = "spacelift/writeonly/\(Cast.pool)/\(Cast.otherWorker)"
        let large = String(repeating: "x", count: 600)
        stage.publish(first, Cast.writeonly, large, qos: .atLeastOnce, packetID: 1)
        #expect(stage.paused == [])
        stage.publish(first, Cast.writeonly, large, qos: .atLeastOnce, packetID: 2)
        #expect(stage.paused == [first])
        stage.publish(second, other, "x", qos: .atLeastOnce, packetID: 1)
        #expect(stage.paused == [first, second])
        let late = stage.accept(.worker(pool: Cast.pool))
        stage.send(.connect(Connect(clientID: clientID("01K9ZZZZZZ0000000000000009"))), from: late)
        guard case .connAck(let answer) = stage.take(late).first else { return #expect(Bool(false)) }
        #expect(answer.reason == .serverBusy)
        stage.commit(1...3)
        #expect(stage.paused == [])
        #expect(stage.take(second) == [.pubAck(Acknowledgement(packetID: 1))])
    }

    /// [T-61]
    @Test func theMinuteBeginsWithTheQueuesPauseAndNotWithAnEarlierOne() {
        let id = worker()
        for number in 1...100 as ClosedRange<UInt16> {
            stage.publish(id, Cast.writeonly, "x", qos: .atLeastOnce, packetID: number)
        }
        stage.pass(50)
        stage.commit(1...100)
        _ = stage.take(id)
        for number in 1...100 as ClosedRange<UInt16> {
            stage.publish(id, Cast.writeonly, "x", qos: .atLeastOnce, packetID: number)
        }
        stage.pass(50)
        #expect(!stage.closed.contains(id))
        stage.pass(11)
        #expect(stage.closed.contains(id))
    }

    /// [T-26] QoS 0 is handed over as everything is, and is no way around the bounds.
    @Test func whatAsksForNoAnswerIsHandedOverAsWell() {
        let id = worker()
        stage.queueChanged("away")
        for number in 1...100 { stage.publish(id, Cast.writeonly, "\(number)") }
        #expect(stage.handOvers.count == 100)
        #expect(stage.paused.contains(id), "nobody waits for more than a hundred of them")
        stage.pass(61)
        #expect(stage.closed.contains(id))
        stage.queueChanged(nil)
        stage.commit(1...100)
        #expect(stage.handOvers.map { String(decoding: $0.payload, as: UTF8.self) } == (1...100).map(String.init))
    }

    /// Nobody may sit at a console: what befalls the queue stands in the log, at the level a broker has by default.
    @Test func tellsTheLogWhenTheQueueFailsAndWhenItIsBack() {
        stage.withBroker { broker, now in
            broker.queueChanged(QueueStatus(depth: 0), at: now)
            broker.queueChanged(QueueStatus(depth: 0, trouble: "silent for 3 s"), at: now)
            broker.queueChanged(QueueStatus(depth: 0, trouble: "silent for 4 s"), at: now)
            broker.queueChanged(QueueStatus(depth: 0, deadLetters: 2, warning: "fsync is off"), at: now)
            broker.queueChanged(QueueStatus(depth: 0, deadLetters: 2, warning: "fsync is off"), at: now)
        }
        let events = stage.withBroker { broker, _ in broker.observatory.events.last(10).filter { $0.what == .queue } }
        #expect(
            events.map(\.reason) == ["does not commit", "warning", "dead letters", "commits again"], "one for each, too"
        )
        #expect(
            stage.lines == [
                LogLine(.error, .queue, "the queue does not commit", fields: [("reason", "silent for 3 s")]),
                LogLine(.error, .queue, "the queue is not safe", fields: [("reason", "fsync is off")]),
                LogLine(.error, .queue, "messages went to the dead letters", fields: [("count", "2")]),
                LogLine(.error, .queue, "the queue commits again"),
            ])
    }
}
