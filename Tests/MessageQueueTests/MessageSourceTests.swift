import BrokerCore
import TestSupport
import Testing

@testable import MessageQueue

@Suite(.timeLimit(.minutes(2))) struct MessageSourceTests {
    @Test(arguments: QueuePlace.Kind.here)
    func whatOneReceivesIsOutOfSightForOthers(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        try place.append(1...15)
        let first = try place.reader.receive(atMost: 10, visibility: 45_000)
        #expect(first.map(\.receipt) == (1...10).map { Receipt(id: $0, receives: 1) })
        #expect(first.allSatisfy { $0.body == Array("e30=".utf8) })
        let second = try place.rival.receive(atMost: 10, visibility: 45_000)
        #expect(second.map(\.receipt.id) == Array(11...15))
        #expect(try place.reader.receive(atMost: 10, visibility: 45_000) == [])
        let contents = try place.reader.contents(at: QueueClock.wall())
        #expect(contents.depth == 15)
        #expect(contents.visible == 0)
        #expect(place.reader.counts.received == 10)
    }

    @Test(arguments: QueuePlace.Kind.here)
    func deletesWhatIsDealtWithAndRefusesStaleReceipts(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        try place.append(1...3)
        let receipts = try place.reader.receive(atMost: 10, visibility: 45_000).map(\.receipt)
        #expect(try place.reader.delete([receipts[0]]) == [])
        #expect(try place.reader.delete([receipts[0]]) == [receipts[0]])
        try place.letTimePass(kind)
        let again = try place.rival.receive(atMost: 10, visibility: 45_000).map(\.receipt)
        #expect(again == [Receipt(id: 2, receives: 2), Receipt(id: 3, receives: 2)])
        let stale = receipts[1]
        #expect(try place.reader.delete([stale, again[1]]) == [stale])
        #expect(try place.reader.contents(at: 0).depth == 1)
        #expect(place.reader.counts.deleted == 2)
    }

    @Test(arguments: QueuePlace.Kind.here)
    func changesHowLongAMessageIsOutOfSight(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        try place.append(1...1)
        let receipt = try #require(try place.reader.receive(atMost: 1, visibility: 45_000).first?.receipt)
        #expect(try place.reader.changeVisibility(of: receipt, to: 0))
        let again = try #require(try place.rival.receive(atMost: 1, visibility: 45_000).first?.receipt)
        #expect(try !place.reader.changeVisibility(of: receipt, to: 60_000))
        #expect(try place.rival.changeVisibility(of: again, to: 60_000))
        #expect(place.reader.counts.changedVisibility == 1)
    }

    @Test(arguments: QueuePlace.Kind.here)
    func whatWasReceivedThreeTimesIsADeadLetterUntilItIsRedriven(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        try place.append(1...2, body: "eyJhIjoxfQ==")
        for receives in 1...3 as ClosedRange<Int64> {
            #expect(
                try place.reader.receive(atMost: 10, visibility: 45_000).map(\.receipt.receives) == [
                    receives, receives,
                ])
            try place.letTimePass(kind)
        }
        #expect(try place.reader.receive(atMost: 10, visibility: 45_000) == [])
        let letters = try place.reader.deadLetters(atMost: 10, after: 0)
        #expect(letters.map(\.reason) == ["received 3 times", "received 3 times"])
        #expect(letters.map(\.body) == [Array("eyJhIjoxfQ==".utf8), Array("eyJhIjoxfQ==".utf8)])
        #expect(try place.reader.deadLetters(atMost: 10, after: letters[0].id).map(\.id) == [letters[1].id])
        #expect(try place.reader.contents(at: 0).deadLetters == 2)

        #expect(try place.reader.redrive([letters[1].id, 99], atMost: 10) == 1)
        #expect(try place.reader.redrive(nil, atMost: 10) == 1)
        #expect(try place.reader.redrive(nil, atMost: 10) == 0)
        let back = try place.reader.receive(atMost: 10, visibility: 45_000)
        #expect(back.map(\.receipt.receives) == [1, 1])
        #expect(back.map(\.body) == letters.map(\.body))
    }

    @Test(arguments: QueuePlace.Kind.here)
    func peekingTakesNothing(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        try place.append(1...5)
        #expect(try place.reader.peek(atMost: 2, after: 0).map(\.id) == [1, 2])
        #expect(try place.reader.peek(atMost: 10, after: 2).map(\.id) == [3, 4, 5])
        #expect(try place.reader.receive(atMost: 10, visibility: 45_000).count == 5)
        #expect(try place.reader.peek(atMost: 1, after: 0).map(\.receives) == [1])
    }

    @Test(arguments: QueuePlace.Kind.here)
    func aLongPollEndsWhenSomethingComes(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        #expect(try place.reader.receive(atMost: 10, visibility: 45_000, wait: 30) == [])
        try place.append(1...1)
        let begin = QueueClock.steady()
        #expect(try place.reader.receive(atMost: 10, visibility: 200, wait: 20_000).count == 1)
        // It comes back by itself: nobody deletes it.
        #expect(try place.reader.receive(atMost: 10, visibility: 45_000, wait: 20_000).count == 1)
        #expect(QueueClock.steady() - begin < 18_000)
    }

    @Test(arguments: QueuePlace.Kind.here)
    func manyReadersGetEachMessageOnce(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        try place.append(1...200)
        var seen: [Int64] = []
        while true {
            let mine = try place.reader.receive(atMost: 7, visibility: 45_000)
            let theirs = try place.rival.receive(atMost: 5, visibility: 45_000)
            guard !mine.isEmpty || !theirs.isEmpty else { break }
            seen += (mine + theirs).map(\.receipt.id)
            #expect(try place.reader.delete(mine.map(\.receipt)) == [])
            #expect(try place.rival.delete(theirs.map(\.receipt)) == [])
        }
        #expect(seen.sorted() == Array(1...200))
        #expect(try place.reader.contents(at: 0).depth == 0)
    }

    @Test(arguments: QueuePlace.Kind.here)
    func whatIsTooOldIsGivenUpAndCounted(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        let now = QueueClock.wall()
        try place.store.append(
            [now - QueuePolicy.retention - 1_000, now - QueuePolicy.retention - 1_000, now].enumerated().map {
                QueueMessage(
                    key: .init(epoch: "1", ticket: Ticket($0.offset)), worker: ULID(high: 0, low: 1),
                    body: Array("e30=".utf8), enqueuedAt: $0.element)
            })
        #expect(try place.store.expire(enqueuedBefore: now - QueuePolicy.retention, atMost: 10) == 2)
        #expect(try place.store.expire(enqueuedBefore: now - QueuePolicy.retention, atMost: 10) == 0)
        #expect(try place.reader.contents(at: now).depth == 1)
    }

    /// [T-75] A clock that was a year ahead for an hour does not keep all others for that year.
    @Test(arguments: QueuePlace.Kind.here)
    func whatIsTooOldIsFoundBehindWhatCameUnderAWrongClock(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        let now = QueueClock.wall()
        let old = now - QueuePolicy.retention - 1_000
        let times = Array(repeating: now + 365 * 86_400_000, count: 10) + Array(repeating: old, count: 12) + [now]
        try place.store.append(
            times.enumerated().map {
                QueueMessage(
                    key: .init(epoch: "1", ticket: Ticket($0.offset)), worker: ULID(high: 0, low: 1),
                    body: Array("e30=".utf8), enqueuedAt: $0.element)
            })
        if kind == .postgres { try place.execute("UPDATE message_queue_messages SET visible_at = enqueued_at") }
        #expect(try place.store.expire(enqueuedBefore: now - QueuePolicy.retention, atMost: 10) == 10)
        #expect(try place.store.expire(enqueuedBefore: now - QueuePolicy.retention, atMost: 10) == 2)
        #expect(try place.store.expire(enqueuedBefore: now - QueuePolicy.retention, atMost: 10) == 0)
        #expect(try place.reader.contents(at: now).depth == 11)
    }

    /// It may have lain there for weeks: what somebody puts back is there for somebody to take.
    @Test(arguments: QueuePlace.Kind.here)
    func whatIsPutBackHasAllItsTimeBeforeIt(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        let now = QueueClock.wall()
        let old = QueueMessage(
            key: .init(epoch: "1", ticket: 1), worker: ULID(high: 0, low: 1), body: Array("e30=".utf8),
            enqueuedAt: now - 2 * QueuePolicy.retention)
        try place.store.bury(old, reason: "nobody could deal with it")
        #expect(try place.reader.redrive(nil, atMost: 10) == 1)
        #expect(try place.store.expire(enqueuedBefore: now - QueuePolicy.retention, atMost: 10) == 0)
        #expect(try place.reader.contents(at: now).oldestAge.map { $0 < 60_000 } == true)
        #expect(try place.reader.receive(atMost: 10, visibility: 45_000).map(\.body) == [old.body])
    }

    /// Whoever reads, with this program or without it, is counted.
    @Test(arguments: QueuePlace.Kind.here)
    func theStoreCountsWhatItsReadersDo(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        #expect(try place.store.readCounts() == ReadCounts())
        try place.append(1...5)
        let receipts = try place.reader.receive(atMost: 3, visibility: 45_000).map(\.receipt)
        #expect(try place.rival.receive(atMost: 10, visibility: 45_000).count == 2)
        #expect(try place.reader.changeVisibility(of: receipts[0], to: 60_000))
        #expect(try place.reader.delete([receipts[1]]) == [])
        #expect(try place.reader.delete([receipts[1]]) == [receipts[1]])
        try place.execute("DELETE FROM message_queue_messages WHERE id = 5")
        var counts = ReadCounts()
        (counts.received, counts.changedVisibility, counts.deleted) = (5, 1, 2)
        #expect(try place.store.readCounts() == counts)
    }

    /// What is given up, by its age or as a dead letter, is not what somebody has dealt with.
    @Test(arguments: QueuePlace.Kind.here)
    func whatIsGivenUpIsNotCountedAsDeleted(kind: QueuePlace.Kind) async throws {
        let place = try await QueuePlace(kind)
        try place.append(1...1)
        for _ in 1...3 {
            #expect(try place.reader.receive(atMost: 10, visibility: 45_000).count == 1)
            try place.letTimePass(kind)
        }
        #expect(try place.reader.receive(atMost: 10, visibility: 45_000) == [])
        let now = QueueClock.wall()
        try place.store.append([
            QueueMessage(
                key: .init(epoch: "2", ticket: 1), worker: ULID(high: 0, low: 1), body: Array("e30=".utf8),
                enqueuedAt: now - QueuePolicy.retention - 1_000)
        ])
        #expect(try place.store.expire(enqueuedBefore: now - QueuePolicy.retention, atMost: 10) == 1)
        let counts = try #require(try place.store.readCounts())
        #expect(counts.received == 3 && counts.deleted == 0)
    }

    @Test(arguments: ["", "1", "1-", "-1", "1-1-1", "0-1", "1-0", "+1-1", "1-１", "99999999999999999999-1", "1 -1"])
    func aReceiptIsTwoNumbers(text: String) {
        #expect(Receipt(text) == nil)
    }

    @Test func aReceiptIsReadAsItIsWritten() {
        let receipt = Receipt(id: .max, receives: 3)
        #expect(Receipt(receipt.description) == receipt)
    }

    /// [T-59]
    @Test func aRowWhoseBytesChangedOnTheDiskIsPutAsideAndTheOthersKept() async throws {
        let place = try await QueuePlace(.sqlite)
        try place.append(1...4, body: "eyJhIjoxfQ==")
        try place.execute("UPDATE message_queue_messages SET body = 'eyJhIjoyfQ==' WHERE id = 2")
        try place.execute("UPDATE message_queue_messages SET enqueued_at = enqueued_at + 1 WHERE id = 3")
        #expect(try place.reader.receive(atMost: 4, visibility: 45_000).map(\.receipt.id) == [1, 4])
        let letters = try place.reader.deadLetters(atMost: 10, after: 0)
        #expect(letters.map(\.reason) == ["its bytes changed on the disk", "its bytes changed on the disk"])
        #expect(letters.first?.body == Array("eyJhIjoyfQ==".utf8))
    }
}
