import AWS
import BrokerCore
import TestSupport
import Testing

@testable import MessageQueue

/// The store against a fake that fails as SQS does. [T-60]
@Suite struct SQSStoreTests {
    let temporary: TemporaryDirectory
    let fake: FakeSQS

    init() throws {
        temporary = try TemporaryDirectory()
        fake = try FakeSQS()
    }

    private func store(ordered: Bool = false) throws -> SQSStore {
        let address = try #require(SQSAddress(fake.url + (ordered ? ".fifo" : "")))
        let configuration = AWSConfiguration(
            region: "eu-west-1", source: .fixed(Credentials(accessKeyID: "id", secretAccessKey: "secret")))
        return SQSStore(
            address, configuration: configuration, transport: try HTTPTransport(),
            cemetery: try SQLiteStore(temporary.file("dead.sqlite")), readFile: { _ in nil }, now: { 1_000_000_000 })
    }

    private func message(_ ticket: Int, worker: Int = 1, body: String? = nil) -> QueueMessage {
        QueueMessage(
            key: .init(epoch: "E", ticket: Ticket(ticket)), worker: ULID(high: 0, low: UInt64(worker)),
            body: Array((body ?? "b\(ticket)").utf8), enqueuedAt: 1_000)
    }

    /// Runs `body` with a store and takes store and fake down after it.
    private func with(ordered: Bool = false, _ body: (SQSStore) throws -> Void) throws {
        let store = try store(ordered: ordered)
        defer {
            store.close()
            fake.stop()
        }
        try body(store)
    }

    @Test func sendsTenAtATimeInTheOrderOfAWorker() throws {
        try with { store in
            try store.append((1...25).map { message($0) })
            #expect(fake.requests == [10, 10, 5])
            #expect(fake.stored.map(\.body) == (1...25).map { "b\($0)" })
            #expect(fake.stored.map(\.key) == (1...25).map { "E/\($0)" })
        }
    }

    @Test func keepsTheOrderOfEachOfManyWorkers() throws {
        try with { store in
            let messages = (0..<256).map { message($0, worker: $0 % 40, body: "\($0 % 40):\($0)") }
            try store.append(messages)
            #expect(fake.stored.count == 256)
            for worker in 0..<40 {
                let mine = messages.filter { $0.worker.low == UInt64(worker) }.map {
                    String(decoding: $0.body, as: UTF8.self)
                }
                #expect(fake.stored.map(\.body).filter { $0.hasPrefix("\(worker):") } == mine)
            }
        }
    }

    @Test func noRequestIsLargerThanAMebibyte() throws {
        try with { store in
            let body = String(repeating: "A", count: 180_000)
            try store.append((1...12).map { message($0, body: body) })
            #expect(fake.requests == [5, 5, 2])
        }
    }

    @Test func sendsOnlyWhatFailedAgain() throws {
        try with { store in
            let messages = (1...10).map { message($0) }
            fake.meet([.fail([2, 5])])
            let error = #expect(throws: StoreError.self) { try store.append(messages) }
            guard case .unavailable? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try store.append(messages)
            #expect(fake.requests == [10, 2])
            #expect(Set(fake.stored.map(\.key)).count == 10)
            #expect(fake.stored.count == 10)
        }
    }

    @Test(arguments: [FakeSQS.Fault.throttle, .internalError, .dropBeforeStoring])
    func storesLaterWhatCouldNotBeStoredNow(_ fault: FakeSQS.Fault) throws {
        try with { store in
            fake.meet([fault])
            let error = #expect(throws: StoreError.self) { try store.append([message(1)]) }
            guard case .unavailable? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fake.stored.isEmpty)
            try store.append([message(1)])
            #expect(fake.stored.map(\.body) == ["b1"])
        }
    }

    @Test func anAnswerLostAfterStoringIsACopyWithTheSameKey() throws {
        try with { store in
            fake.meet([.dropAfterStoring])
            #expect(throws: StoreError.self) { try store.append([message(1)]) }
            try store.append([message(1)])
            #expect(fake.stored.map(\.key) == ["E/1", "E/1"])
        }
    }

    @Test func aLaneWithAFailureIsNotOvertaken() throws {
        try with { store in
            let messages = (1...20).map { message($0) }
            fake.meet([.internalError])
            #expect(throws: StoreError.self) { try store.append(messages) }
            #expect(fake.requests == [10])
            try store.append(messages)
            #expect(fake.stored.map(\.body) == (1...20).map { "b\($0)" })
        }
    }

    @Test func aRefusedMessageIsToldSoAndTheOthersAreStored() throws {
        try with { store in
            let messages = (1...3).map { message($0) }
            fake.meet([.refuse("b2"), .refuse("b2")])
            let error = #expect(throws: StoreError.self) { try store.append(messages) }
            guard case .refused? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fake.stored.map(\.body) == ["b1", "b3"])
            // The writer halves: the half without the bad one has nothing left to send.
            try store.append([messages[0], messages[2]])
            #expect(fake.stored.count == 2)
            try store.bury(messages[1], reason: "no")
            #expect(try store.contents(at: 5_000).deadLetters == 1)
        }
    }

    @Test func anotherChecksumIsNotStored() throws {
        try with { store in
            fake.meet([.wrongChecksum])
            #expect(throws: StoreError.self) { try store.append([message(1)]) }
        }
    }

    @Test func anOrderedQueueGetsOneMessageOfAWorkerAtATime() throws {
        try with(ordered: true) { store in
            try store.append((1...3).map { message($0) } + [message(4, worker: 2)])
            #expect(fake.requests.reduce(0, +) == 4)
            #expect(
                fake.stored.filter { $0.group == ULID(high: 0, low: 1).description }.map(\.body) == ["b1", "b2", "b3"])
            #expect(fake.stored.first { $0.body == "b4" }?.group == ULID(high: 0, low: 2).description)
        }
    }

    @Test func knowsTheDepthThatSQSTells() throws {
        try with { store in
            try store.append([message(1)])
            #expect(try store.contents(at: 20_000).depth == 3)
        }
    }

    @Test func aLookThatIsNotAnsweredHoldsUpNothing() async throws {
        let store = try store()
        fake.ignoreLooks()
        let end = Doorbell<StoreError?>(nil)
        let shared = Shared(store: store)
        try OwnThread.start("a look") {
            let error = #expect(throws: StoreError.self) { try shared.store.contents(at: 20_000) }
            end.ring { $0 = error }
        }
        try await becomesTrue("it looks") { fake.looks == 1 }
        try store.append([message(1)])
        #expect(fake.stored.map(\.body) == ["b1"])
        #expect(end.withState { $0 } == nil, "nobody has answered the look")
        store.close()
        let told = end.wait(atMost: 30_000) { $0 }
        #expect(told == .unavailable("the depth of \(fake.url) is not known"))
        fake.stop()
    }

    @Test func aWriterAcknowledgesThroughEveryFault() async throws {
        let store = try store()
        let commits = Commits()
        let writer = try QueueWriter(store, epoch: "E") { commits.note($0) }
        fake.meet([.dropAfterStoring, .throttle, .fail([0]), .internalError, .dropBeforeStoring])
        writer.submit(
            (0..<40).map {
                HandOver(
                    ticket: Ticket($0), pool: ULID(high: 0, low: 1), worker: ULID(high: 0, low: UInt64($0 % 7)),
                    payload: Array("{\"n\":\($0)}".utf8), receivedAt: 1_000)
            })
        try await becomesTrue("all are acknowledged") { commits.count == 40 }
        #expect(writer.stop())
        fake.stop()
        #expect(Set(fake.stored.map(\.key)).count == 40)
    }
}

/// A store that one thread asks while another writes.
private struct Shared: @unchecked Sendable {
    let store: SQSStore
}
