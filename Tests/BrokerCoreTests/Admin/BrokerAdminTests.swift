import AdminProtocol
import BrokerCore
import MQTT
import Testing

/// Operators, workers and the broker, packet by packet.
@Suite struct BrokerAdminTests {
    private let stage = Stage()

    init() {
        stage.withBroker { broker, now in broker.poolsChanged([Cast.pool: "eu-terraform"], at: now) }
    }

    private func operate(_ name: String = "alice", role: Role = .operator) -> ConnectionID {
        let id = stage.client("console-\(name)", .admin(name: name, role: role))
        #expect(stage.subscribe(id, AdminTopic.response, qos: .atLeastOnce).first?.isError == false)
        #expect(stage.subscribe(id, AdminTopic.stream).first?.isError == false)
        return id
    }

    private func say(
        _ id: ConnectionID, _ command: Command, _ args: String = "{}", properties: Properties = []
    ) throws -> (answer: Answer, stream: [StreamMessage]) {
        let text =
            #"{"v":1,"id":"\#(command.rawValue)","cmd":"\#(command.rawValue)","args":\#(args),"reason":"stuck run"}"#
        stage.publish(id, AdminTopic.request, text, qos: .atLeastOnce, packetID: 9, properties: properties)
        let packets = stage.take(id)
        #expect(packets.first == .pubAck(Acknowledgement(packetID: 9)))
        let publishes = packets.compactMap { if case .publish(let publish) = $0 { publish } else { nil } }
        let first = try #require(publishes.first)
        return (
            try Answer(bytes: first.payload), try publishes.dropFirst().map { try StreamMessage(bytes: $0.payload) }
        )
    }

    private func stream(_ id: ConnectionID) throws -> [StreamMessage] {
        try stage.publishes(id).filter { $0.topic == topicName(AdminTopic.stream) }.map {
            try StreamMessage(bytes: $0.payload)
        }
    }

    @Test func answersTheAskerOnly() throws {
        let alice = operate()
        let bob = operate("bob")
        let (answer, _) = try say(alice, .hello)
        #expect(answer.result?["principal"]?.string == "alice")
        #expect(stage.take(bob).isEmpty)
    }

    @Test func answersOnTheResponseTopicWithTheCorrelationOfTheAsker() throws {
        let alice = stage.client("script", .admin(name: "alice", role: .viewer))
        let own = AdminTopic.responsePrefix + "42"
        stage.publish(
            alice, AdminTopic.request, #"{"v":1,"id":"1","cmd":"overview"}"#,
            properties: [.responseTopic(Array(own.utf8)), .correlationData([7, 8])])
        let answer = try #require(stage.publishes(alice).first)
        #expect(answer.topic == topicName(own))
        #expect(answer.properties.list.contains(.correlationData([7, 8])))
        #expect(try Answer(bytes: answer.payload).state == .done)
    }

    @Test func kicksAWorkerAndTellsWhatFollowed() throws {
        let alice = operate()
        let worker = stage.client(Cast.worker.description, .worker(pool: Cast.pool))
        let listed = try say(alice, .workersList).answer.result?.decoded(as: ListPage<WorkerRow>.self)
        let row = try #require(listed?.rows.first)
        #expect(row.id == Cast.worker.description)
        #expect(row.poolName == "eu-terraform")
        #expect(row.connected)

        stage.pass(5)
        let (answer, _) = try say(alice, .kick, #"{"worker":"\#(row.id)","epoch":\#(row.epoch)}"#)
        #expect(answer.state == .done)
        #expect(try answer.result?.decoded(as: Kicked.self).connectedFor == 5_000)
        #expect(
            stage.take(worker).last == .disconnect(Disconnect(reason: .administrativeAction))
                || stage.closed.contains(worker))
        #expect(stage.closed.contains(worker))
        stage.pass(0.1)
        #expect(try stream(alice).compactMap(\.outcome).map(\.state) == [.gone])
        stage.pass(1)
        _ = stage.client(Cast.worker.description, .worker(pool: Cast.pool), from: "10.0.0.1:77")
        stage.pass(0.1)
        let outcome = try #require(try stream(alice).compactMap(\.outcome).first)
        #expect(outcome.state == .back)
        #expect(outcome.sameAddress == true)
        #expect(outcome.after == 1_100)
        #expect(outcome.epoch != row.epoch)

        let events = try say(alice, .eventsList).answer.result?.decoded(as: ListPage<EventRow>.self)
        #expect(events?.rows.map(\.what) == [.followed, .connected, .gone, .kicked, .connected])
        #expect(events?.rows.map(\.reason) == ["back", "-", "kicked", "stuck run", "-"])
    }

    @Test func explainsWhatWasRefused() throws {
        let alice = operate()
        let worker = stage.client(Cast.worker.description, .worker(pool: Cast.pool))
        let asked = "spacelift/readonly/\(Cast.otherPool)/\(Cast.worker)"
        #expect(stage.subscribe(worker, asked) == [.notAuthorized])
        let page = try say(alice, .denialsList).answer.result?.decoded(as: ListPage<DenialRow>.self)
        let denial = try #require(page?.rows.first)
        #expect(denial.topic == asked)
        #expect(denial.allowed == Cast.readonly)
        #expect(denial.differingLevel == 2)
        #expect(denial.client == Cast.worker.description)
        #expect(denial.action == "subscribe")
        #expect(denial.outcome.contains("0x87"))
    }

    @Test func pushesAWatchedWindowWhileItIsWatched() throws {
        let alice = operate()
        let (answer, first) = try say(alice, .watchOpen, #"{"watch":"o","what":"overview"}"#)
        #expect(answer.state == .done)
        var shown = try #require(first.first?.snapshot)
        #expect(shown["connections"]?.int == 0)
        let worker = stage.client(Cast.worker.description, .worker(pool: Cast.pool))
        stage.publish(worker, Cast.writeonly, #"{"type":"heartbeat","status":"BUSY"}"#)
        stage.pass(2.1)
        for message in try stream(alice) {
            let delta = try #require(message.delta)
            shown = try #require(shown.applying(delta))
        }
        #expect(try shown.decoded(as: Overview.self).workers == 1)
        #expect(shown["busy"]?.int == 1)
        #expect(shown["received"]?["messages"]?.int == 1)
        _ = try say(alice, .watchClose, #"{"watch":"o"}"#)
        stage.pass(3)
        #expect(try stream(alice).isEmpty)
    }

    @Test func forgetsTheWatchesOfWhoeverIsGone() throws {
        let alice = operate()
        _ = try say(alice, .watchOpen, #"{"watch":"o","what":"overview"}"#)
        stage.end(alice)
        stage.pass(2)
        let again = operate()
        #expect(try say(again, .overview).answer.result?["operators"]?.array?.count == 1)
        stage.pass(2)
        #expect(try stream(again).isEmpty)
    }

    @Test func sendsASnapshotAgainToAWatcherThatDidNotRead() throws {
        let alice = operate()
        for number in 0..<400 as Range<UInt64> {
            _ = stage.client(ULID(high: 0x0192 << 48, low: number).description, .worker(pool: Cast.pool))
        }
        _ = try say(
            alice, .watchOpen,
            #"{"watch":"w","what":"workers","query":{"limit":400,"sort":"-last_in_at"},"interval_ms":100}"#)
        stage.stuck.insert(alice)
        for round in 0..<60 as Range<UInt64> {
            for number in 0..<40 as Range<UInt64> {
                _ = stage.client(
                    ULID(high: 0x0193 << 48, low: round * 40 + number).description, .worker(pool: Cast.pool))
            }
            stage.pass(0.1)
        }
        #expect(!stage.closed.contains(alice), "a console that does not read is not cut, it misses pushes")
        stage.unstick(alice)
        stage.pass(0.2)
        let messages = try stream(alice)
        let sequence = messages.compactMap(\.seq)
        #expect(sequence == sequence.sorted())
        for (place, message) in messages.enumerated().dropFirst()
        where message.seq != (messages[place - 1].seq ?? 0) + 1 {
            #expect(message.snapshot != nil, "after a gap comes a snapshot")
        }
    }

    @Test func refusesWorkersAtTheAdminTopic() throws {
        let alice = operate()
        let worker = stage.client(Cast.worker.description, .worker(pool: Cast.pool))
        stage.publish(worker, AdminTopic.request, #"{"v":1,"id":"1","cmd":"hello"}"#, qos: .atLeastOnce)
        guard case .pubAck(let acknowledgement)? = stage.take(worker).first else {
            Issue.record("it was not told")
            return
        }
        #expect(acknowledgement.reason == .notAuthorized)
        let page = try say(alice, .denialsList).answer.result?.decoded(as: ListPage<DenialRow>.self)
        #expect(page?.rows.first?.topic == AdminTopic.request)
    }

    @Test func changesTheLevelOfTheBroker() throws {
        let alice = operate()
        let (answer, _) = try say(alice, .logLevelSet, #"{"level":"debug","for_ms":60000}"#)
        #expect(answer.state == .done)
        let worker = stage.client(Cast.worker.description, .worker(pool: Cast.pool))
        stage.end(worker)
        let log = try say(alice, .logList).answer.result?.decoded(as: ListPage<LogRow>.self)
        #expect(log?.rows.contains { $0.client == Cast.worker.description } == true)
        stage.pass(61)
        let levels = try say(alice, .logLevelGet).answer.result?.decoded(as: LogLevels.self)
        #expect(levels?.level == .error)
        #expect(levels?.leases.isEmpty == true)
    }
}
