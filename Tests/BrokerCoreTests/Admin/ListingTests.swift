import AdminProtocol
import TestSupport
import Testing

@testable import BrokerCore

@Suite struct ListingTests {
    private let scene = Scene()
    private var look: Look { Look(observatory: scene.observatory, now: scene.now) }

    private func page<Row: Codable & Equatable & Sendable>(
        _ what: Watched, _ query: ListQuery = ListQuery(), as row: Row.Type
    ) throws -> ListPage<Row> {
        let json = try #require(try Window(what, query)(look))
        return try json.decoded(as: ListPage<Row>.self, unknownKeys: .refused)
    }

    private func fleet(_ count: UInt64) {
        for number in 0..<count {
            let client = scene.connect(
                number, of: number % 3 == 0 ? Scene.us : Scene.eu, from: "10.0.0.\(number % 7):\(number)")
            client.receivedMessages += Int64(number * 37 % 101)
        }
        scene.pass(seconds: 1)
    }

    @Test func showsTheWorstFirst() throws {
        fleet(5)
        let session = FakeSession()
        session.oldestWaiting = scene.now
        session.queuedCount = 3
        scene.connect(99, session: session)
        scene.pass(seconds: 20)
        let workers = try page(.workers, ListQuery(limit: 2), as: WorkerRow.self)
        #expect(workers.rows.map(\.id) == [Scene.worker(99), Scene.worker(0)].map(\.description))
        #expect(workers.rows.first?.state == .stuck)
        #expect(workers.rows.first?.queued == 3)
        #expect(workers.total == 6)
        #expect(workers.sort == "-attention")
        let pools = try page(.pools, as: PoolRow.self)
        #expect(pools.rows.map(\.name) == ["eu-terraform", "us-tofu"])
        #expect(pools.rows.map(\.state) == ["STUCK", "ok"])
        #expect(pools.rows.map(\.connected) == [4, 2])
    }

    @Test func sortsByAnyFieldInTheOrderAskedFor() throws {
        fleet(40)
        let all = try page(.workers, ListQuery(sort: "-in_rate", limit: 500), as: WorkerRow.self)
        #expect(all.rows.map(\.inRate) == all.rows.map(\.inRate).sorted(by: >))
        let few = try page(.workers, ListQuery(sort: "-in_rate", offset: 3, limit: 4), as: WorkerRow.self)
        #expect(few.rows == Array(all.rows[3..<7]))
        #expect(few.next == "o7")
        let next = try page(.workers, ListQuery(sort: "-in_rate", limit: 4, cursor: few.next), as: WorkerRow.self)
        #expect(next.rows == Array(all.rows[7..<11]))
        let up = try page(.workers, ListQuery(sort: "address", limit: 500), as: WorkerRow.self)
        #expect(up.rows.map(\.address) == up.rows.map(\.address).sorted())
        #expect(up.next == nil)
    }

    @Test func filtersBeforeItCuts() throws {
        fleet(40)
        let page = try page(.workers, ListQuery(filter: "pool:us-tofu in_rate>5", limit: 2), as: WorkerRow.self)
        #expect(page.rows.allSatisfy { $0.poolName == "us-tofu" && $0.inRate > 5 })
        #expect(page.total == 40)
        #expect(page.matched > page.rows.count)
        #expect(try self.page(.workers, ListQuery(pool: Scene.us.description), as: WorkerRow.self).total == 14)
        #expect(try self.page(.workers, ListQuery(pool: "nonsense"), as: WorkerRow.self).total == 0)
    }

    @Test func listsThoseThatAreGoneOnlyWhenAsked() throws {
        let client = scene.connect(1)
        scene.connect(2)
        scene.disconnect(client, .keepAlive)
        #expect(try page(.workers, as: WorkerRow.self).total == 1)
        let all = try page(.workers, ListQuery(sort: "id", gone: true), as: WorkerRow.self)
        #expect(all.rows.map(\.state) == [.gone, .ok])
        #expect(all.rows.first?.why == "keep alive timeout")
        #expect(all.rows.first?.goneAt == scene.now.wall)
    }

    @Test func goesOnWhereAPageOfEventsEndedAlthoughOthersCame() throws {
        for number in 0..<10 as Range<UInt64> { scene.connect(number) }
        let first = try page(.events, ListQuery(limit: 4), as: EventRow.self)
        #expect(first.rows.map(\.id) == ["10", "9", "8", "7"])
        scene.connect(99)
        let second = try page(.events, ListQuery(limit: 4, cursor: first.next), as: EventRow.self)
        #expect(second.rows.map(\.id) == ["6", "5", "4", "3"])
        let third = try page(.events, ListQuery(limit: 4, cursor: second.next), as: EventRow.self)
        #expect(third.rows.map(\.id) == ["2", "1"])
        #expect(third.next == nil)
    }

    @Test func findsTheHistoryOfOneWorker() throws {
        let client = scene.connect(1, will: true)
        scene.connect(2)
        scene.pass(seconds: 90)
        scene.disconnect(client, .keepAlive)
        let events = try page(.events, ListQuery(worker: client.id), as: EventRow.self)
        #expect(events.rows.map(\.what) == [.gone, .connected])
        #expect(events.rows.map(\.reason) == ["keep alive timeout", "-"])
        #expect(events.rows.map(\.detail) == ["after 1m30s", "10.0.0.1:5000, MQTT 5"])
        #expect(
            try page(.events, ListQuery(filter: "what:GONE", since: scene.now.wall), as: EventRow.self).matched == 1)
        #expect(try page(.events, ListQuery(until: scene.now.wall - 1), as: EventRow.self).matched == 2)
        #expect(WorkerDetail(client, look).history == events.rows)
    }

    @Test func showsAWorkerWithAllThatIsKnown() throws {
        let session = FakeSession()
        session.subscriptionFacts = [(Array("b".utf8), 1), (Array("a".utf8), 0)]
        session.waiting = [WaitingFact(at: scene.now, topic: Array("t".utf8), bytes: 5, sent: true)]
        let client = scene.connect(1, will: true, sessionExpiry: 60_000, session: session)
        scene.receive(#"{"type":"heartbeat","metadata":{"ami_id":"x","n":1},"timestamp":1800000000500}"#, from: client)
        let detail = WorkerDetail(client, look)
        #expect(detail.subscriptions.map(\.filter) == ["a", "b"])
        #expect(detail.waiting.map(\.bytes) == [5])
        #expect(detail.will == WorkerDetail.Will(topic: "will", qos: 1, bytes: 3))
        #expect(detail.metadata == ["ami_id": "x"])
        #expect(detail.clockSkew == 500)
        #expect(detail.createdAt == Scene.worker(1).milliseconds)
        #expect(detail.received.messages == 1)
    }

    @Test(arguments: [
        (ListQuery(sort: "colour"), "sort"), (ListQuery(offset: -1), "offset"), (ListQuery(limit: 0), "limit"),
        (ListQuery(limit: 501), "limit"), (ListQuery(cursor: "x1"), "cursor"), (ListQuery(cursor: "o-1"), "cursor"),
        (ListQuery(cursor: "b5"), "cursor"), (ListQuery(filter: "("), "filter"),
    ])
    func refusesWhatIsNoWindow(query: ListQuery, field: String) {
        do {
            _ = try Window(.workers, query)
            Issue.record("it was accepted")
        } catch {
            #expect(error.code == .badArgument)
            #expect(error.field == field)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func findsTheFirstOfAnOrderWithoutOrderingTheRest(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let numbers = (0..<300).map { _ in Int.random(in: 0..<50, using: &random) }
        let isBefore = { (left: Int, right: Int) in (numbers[left], left) < (numbers[right], right) }
        let limit = Int.random(in: 0...300, using: &random)
        #expect(First.of(300, upTo: limit, isBefore) == Array((0..<300).sorted(by: isBefore).prefix(limit)))
    }

    @Test func listsNoTopicThatWasOnlyAskedFor() throws {
        scene.observatory.topic(named: Array("ns/used".utf8)).messages = 1
        _ = scene.observatory.topic(named: Array("refused/only".utf8))
        #expect(try page(.topics, as: TopicRow.self).rows.map(\.id) == ["ns/+"])
        #expect(try page(.topics, ListQuery(shape: "refused/+"), as: TopicRow.self).rows.isEmpty)
    }

    @Test func writesEveryListOfAnEmptyBroker() throws {
        #expect(try page(.workers, as: WorkerRow.self).rows.isEmpty)
        #expect(try page(.pools, as: PoolRow.self).rows.map(\.state) == ["empty", "empty"])
        #expect(try page(.topics, as: TopicRow.self).rows.isEmpty)
        #expect(try page(.denials, as: DenialRow.self).rows.isEmpty)
        #expect(try page(.events, as: EventRow.self).rows.isEmpty)
        #expect(try page(.log, as: LogRow.self).rows.isEmpty)
    }
}
