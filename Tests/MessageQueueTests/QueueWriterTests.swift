import BrokerCore
import TestSupport
import Testing

@testable import MessageQueue

private let pool = ULID(high: 1, low: 1)

private func handOver(_ ticket: Ticket, _ payload: String = "{}") -> HandOver {
    HandOver(
        ticket: ticket, pool: pool, worker: ULID(high: 2, low: ticket), payload: Array(payload.utf8), receivedAt: 7)
}

/// A store in memory that does what its script says, and remembers how it was used.
private final class ScriptedStore: MessageStore, @unchecked Sendable {
    struct Seen {
        var batches: [[Ticket]] = []
        var stored: [Ticket] = []
        var buried: [Ticket] = []
        var reopened = 0
        var answers: [StoreError] = []
        var poison: Set<Ticket> = []
        var isHeld = false
        var isEntered = false
        var looks = 0
        /// Milliseconds that each look takes.
        var lookTakes: Int64 = 0
        var failsLooks = false
        var expiryAnswer: StoreError?
        var holdsExpiry = false
        var expiries = 0
    }

    private let bell = Doorbell(Seen())

    var seen: Seen { bell.withState { $0 } }
    func script(_ change: (inout Seen) -> Void) { bell.ring(change) }

    func append(_ messages: [QueueMessage]) throws(StoreError) {
        bell.ring { $0.isEntered = true }
        _ = bell.wait(atMost: 20_000) { $0.isHeld ? nil : true }
        let tickets = messages.map(\.key.ticket)
        let answer: StoreError? = bell.ring { seen in
            seen.isEntered = false
            seen.batches.append(tickets)
            if !seen.answers.isEmpty { return seen.answers.removeFirst() }
            if !seen.poison.isDisjoint(with: tickets) { return .refused("poison") }
            seen.stored += tickets
            return nil
        }
        if let answer { throw answer }
    }

    func bury(_ message: QueueMessage, reason: String) throws(StoreError) {
        bell.ring { $0.buried.append(message.key.ticket) }
    }

    func reopen() throws(StoreError) { bell.ring { $0.reopened += 1 } }

    func contents(at now: Int64) throws(StoreError) -> StoreContents {
        QueueClock.sleep(seen.lookTakes)
        if bell.ring({ seen in
            seen.looks += 1
            return seen.failsLooks
        }) {
            throw .unavailable("away")
        }
        return StoreContents(depth: bell.withState { Int64($0.stored.count) }, deadLetters: Int64(seen.buried.count))
    }

    func expire(enqueuedBefore time: Int64, atMost limit: Int) throws(StoreError) -> Int {
        bell.ring { $0.expiries += 1 }
        _ = bell.wait(atMost: 20_000) { $0.holdsExpiry ? nil : true }
        if let answer = seen.expiryAnswer { throw answer }
        return 0
    }

    func close() {}
}

private func writer(
    _ store: any MessageStore, _ commits: Commits, _ change: (inout QueueWriter.Limits) -> Void = { _ in }
) throws -> QueueWriter {
    var limits = QueueWriter.Limits()
    limits.firstRetry = 1
    limits.lastRetry = 2
    limits.look = 1
    change(&limits)
    return try QueueWriter(store, epoch: "1", limits: limits) { commits.note($0) }
}

@Suite struct QueueWriterTests {
    private let store = ScriptedStore()
    private let commits = Commits()

    @Test func saysThatAMessageIsSafeAfterTheStoreSaidSo() async throws {
        store.script { $0.isHeld = true }
        let writer = try writer(store, commits)
        writer.submit([handOver(1)])
        try await becomesTrue("the store is asked") { store.seen.isEntered }
        #expect(commits.all == [])
        store.script { $0.isHeld = false }
        try await becomesTrue("the commit is told") { commits.all == [1...1] }
        #expect(writer.stop())
    }

    @Test func whatComesDuringACommitIsTheNextBatch() async throws {
        store.script { $0.isHeld = true }
        let writer = try writer(store, commits)
        writer.submit([handOver(1)])
        try await becomesTrue("the store is asked") { store.seen.isEntered }
        writer.submit([handOver(2), handOver(3)])
        writer.submit((4...300).map { handOver($0) })
        store.script { $0.isHeld = false }
        try await becomesTrue("all are safe") { commits.count == 300 }
        #expect(commits.all == [1...1, 2...257, 258...300])
        #expect(store.seen.stored == Array(1...300))
        #expect(writer.stop())
    }

    @Test func aBatchIsBoundedByItsBytesButNeverEmpty() async throws {
        store.script { $0.isHeld = true }
        let writer = try writer(store, commits) { $0.batchBytes = 10 }
        writer.submit([handOver(1), handOver(2, "12345678"), handOver(3, "12345678901234"), handOver(4)])
        store.script { $0.isHeld = false }
        try await becomesTrue("all are safe") { commits.count == 4 }
        #expect(store.seen.batches == [[1, 2], [3], [4]])
        #expect(writer.stop())
    }

    @Test func ticketsWithAGapAreToldInTwoRanges() async throws {
        store.script { $0.isHeld = true }
        let writer = try writer(store, commits)
        writer.submit([handOver(1), handOver(2), handOver(5), handOver(.max)])
        store.script { $0.isHeld = false }
        try await becomesTrue("all are safe") { commits.count == 4 }
        #expect(commits.all == [1...2, 5...5, .max ... .max])
        #expect(writer.stop())
    }

    @Test func triesAgainWithANewConnectionAndSaysWhatIsWrong() async throws {
        store.script { $0.answers = Array(repeating: .unavailable("disk I/O error"), count: 100_000) }
        let writer = try writer(store, commits)
        writer.submit([handOver(1), handOver(2)])
        try await becomesTrue("trouble is told") { writer.status.trouble == "disk I/O error" }
        #expect(commits.all == [])
        store.script { $0.answers = [] }
        try await becomesTrue("all are safe") { commits.all == [1...2] }
        #expect(writer.status.trouble == nil)
        #expect(store.seen.reopened == store.seen.batches.count - 1)
        #expect(store.seen.batches.allSatisfy { $0 == [1, 2] })
        #expect(writer.stop())
    }

    @Test func triesAgainOnTheSameConnectionWhileSomebodyElseIsInTheWay() async throws {
        store.script { $0.answers = Array(repeating: .busy("database is locked"), count: 100_000) }
        let writer = try writer(store, commits)
        writer.submit([handOver(1), handOver(2)])
        try await becomesTrue("trouble is told") { writer.status.trouble == "database is locked" }
        try await becomesTrue("it tries again") { store.seen.batches.count > 2 }
        store.script { $0.answers = [] }
        try await becomesTrue("all are safe") { commits.all == [1...2] }
        #expect(writer.status.trouble == nil)
        #expect(store.seen.reopened == 0)
        #expect(writer.stop())
    }

    /// A backup holds a reader's place in the log for hours; meanwhile a third program writes for some seconds.
    @Test func goesOnBesideALongReaderWhenAnotherWriterLetsGo() async throws {
        let temporary = try TemporaryDirectory()
        let path = temporary.file("queue.sqlite")
        let writer = try writer(try SQLiteStore(path), commits)
        writer.submit([handOver(1)])
        try await becomesTrue("it is safe") { commits.count == 1 }
        let reader = try SQLiteConnection(path)
        try reader.execute("BEGIN")
        #expect(try reader.integer("SELECT count(*) FROM message_queue_messages") == 1)
        let rival = try SQLiteConnection(path)
        try rival.execute("BEGIN IMMEDIATE")
        writer.submit([handOver(2)])
        try await becomesTrue("the file is held by another") { writer.status.trouble != nil }
        try rival.execute("ROLLBACK")
        try await becomesTrue("it is stored beside the reader") { commits.count == 2 && writer.status.trouble == nil }
        #expect(try reader.integer("SELECT count(*) FROM message_queue_messages") == 1)
        #expect(writer.stop(within: 60_000))
    }

    @Test func buriesTheOneMessageThatIsRefusedAndKeepsTheOrderOfTheOthers() async throws {
        store.script {
            $0.isHeld = true
            $0.poison = [6]
        }
        let writer = try writer(store, commits)
        writer.submit((1...9).map { handOver($0) })
        store.script { $0.isHeld = false }
        try await becomesTrue("all are told") { commits.all == [1...9] }
        #expect(store.seen.stored == [1, 2, 3, 4, 5, 7, 8, 9])
        #expect(store.seen.buried == [6])
        #expect(writer.counts.buried == 1)
        try await becomesTrue("the dead letter is counted") { writer.status.deadLetters == 1 }
        #expect(writer.stop())
    }

    @Test func aStoreThatDoesNotAnswerIsTrouble() async throws {
        store.script { $0.isHeld = true }
        let writer = try writer(store, commits) { $0.patience = 1 }
        writer.submit([handOver(1)])
        try await becomesTrue("trouble is told") {
            writer.status.trouble?.hasPrefix("the store has not answered for ") == true
        }
        store.script { $0.isHeld = false }
        try await becomesTrue("it passes") { writer.status.trouble == nil && commits.count == 1 }
        #expect(writer.stop())
    }

    @Test func tellsWhatTheStoreHolds() async throws {
        let writer = try writer(store, commits)
        writer.submit([handOver(1), handOver(2, "no object")])
        try await becomesTrue("the depth is known") { writer.status.depth == 2 }
        #expect(writer.counts.wrapped == 1)
        #expect(writer.stop())
    }

    /// It took its time to fail, and would take none to answer.
    @Test func looksAgainSoonAfterALookThatFailed() async throws {
        store.script { ($0.lookTakes, $0.failsLooks) = (400, true) }
        let writer = try writer(store, commits)
        try await becomesTrue("it has failed") { store.seen.looks >= 1 }
        store.script { ($0.lookTakes, $0.failsLooks) = (0, false) }
        // After an answer that took so long it would not look for twenty seconds.
        try await becomesTrue(within: .seconds(15), "the depth is known") { writer.status.depth == 0 }
        #expect(writer.stop())
    }

    @Test func looksAtASlowStoreNotSoSeldomThatItKnowsNothing() async throws {
        store.script { $0.lookTakes = 400 }
        let writer = try writer(store, commits) { $0.lastLook = 10 }
        try await becomesTrue("it has looked often") { store.seen.looks >= 3 }
        #expect(writer.stop())
    }

    @Test func aStoreThatDoesNotAnswerAboutOldMessagesIsTrouble() async throws {
        store.script { $0.holdsExpiry = true }
        let writer = try writer(store, commits) { $0.patience = 1 }
        try await becomesTrue("trouble is told") {
            writer.status.trouble?.hasPrefix("the store has not answered for ") == true
        }
        store.script { $0.holdsExpiry = false }
        try await becomesTrue("it passes") { writer.status.trouble == nil }
        #expect(writer.stop())
    }

    @Test func saysThatOldMessagesCannotBeGivenUpAndStoresNewOnes() async throws {
        store.script { $0.expiryAnswer = .refused("permission denied") }
        let writer = try writer(store, commits) { $0.expiry = 1 }
        try await becomesTrue("a warning is given") {
            writer.status.warning == "messages that are too old cannot be given up: permission denied"
        }
        #expect(writer.status.trouble == nil)
        writer.submit([handOver(1)])
        try await becomesTrue("it is safe") { commits.all == [1...1] }
        #expect(store.seen.reopened == 0)
        store.script { $0.expiryAnswer = nil }
        try await becomesTrue("it passes") { writer.status.warning == nil }
        #expect(writer.stop())
    }

    /// What failed over old messages is not trusted with new ones. [T-51]
    @Test func opensTheStoreAnewAfterAFailureOverOldMessages() async throws {
        store.script { $0.expiryAnswer = .unavailable("disk I/O error") }
        let writer = try writer(store, commits)
        try await becomesTrue("it has failed") { writer.status.warning != nil }
        writer.submit([handOver(1)])
        try await becomesTrue("it is safe") { commits.all == [1...1] }
        #expect(store.seen.reopened == 1)
        #expect(writer.stop())
    }

    @Test func storesWhatWasSubmittedBeforeItStops() throws {
        let writer = try writer(store, commits)
        writer.submit((1...1_000).map { handOver($0) })
        #expect(writer.stop())
        #expect(writer.unstored == 0)
        #expect(commits.count == 1_000)
    }

    @Test func givesUpOnAStoreThatIsAwayWhenItStops() async throws {
        store.script { $0.answers = Array(repeating: .unavailable("away"), count: 100_000) }
        let writer = try writer(store, commits)
        writer.submit([handOver(1)])
        try await becomesTrue("it tries") { store.seen.batches.count > 1 }
        #expect(writer.stop())
        #expect(commits.all == [])
    }

    /// [T-26] What asked for no answer is lost then; how much that may be is known.
    @Test func saysHowManyItCouldNotStoreWhenItStops() async throws {
        store.script { $0.answers = Array(repeating: .unavailable("away"), count: 100_000) }
        let writer = try writer(store, commits) { $0.batch = 2 }
        writer.submit((1...5).map { handOver($0) })
        try await becomesTrue("it tries") { store.seen.batches.count > 1 }
        #expect(writer.stop())
        #expect(writer.unstored == 5)
        #expect(store.seen.stored == [])
    }

    @Test func stopsInTimeWhenTheStoreHangs() async throws {
        store.script { $0.isHeld = true }
        let writer = try writer(store, commits)
        writer.submit([handOver(1)])
        try await becomesTrue("the store is asked") { store.seen.isEntered }
        #expect(!writer.stop(within: 10))
        #expect(writer.unstored == 1)
        store.script { $0.isHeld = false }
    }

    @Test func writesToSQLiteInTheOrderOfItsTickets() async throws {
        let temporary = try TemporaryDirectory()
        let sqlite = try SQLiteStore(temporary.file("queue.sqlite"))
        let writer = try writer(sqlite, commits)
        var next: Ticket = 1
        for count in [1, 300, 7, 500, 1] {
            writer.submit((0..<count).map { handOver(next + Ticket($0)) })
            next += Ticket(count)
        }
        #expect(writer.stop(within: 60_000))
        #expect(commits.count == 809)
        let reader = try SQLiteStore(temporary.file("queue.sqlite"))
        #expect(try reader.contents(at: 7).depth == 809)
        #expect(
            try reader.integer(
                "SELECT count(*) FROM message_queue_messages WHERE ingress_key = printf('1/%010d', id)") == 809)
    }
}
