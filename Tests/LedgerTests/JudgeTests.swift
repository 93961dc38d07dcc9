import Ledger
import Testing

/// The judge itself is judged: each invariant is violated once, and must be the one that is reported. [C0]
struct JudgeTests {
    @Test func findsNothingWrongWithARunThatWentWell() {
        let verdict = Invented().verdict
        #expect(verdict.holds)
        #expect(verdict.sent == 4)
        #expect(verdict.acknowledged == 4)
        #expect(verdict.stored == 4)
        #expect(verdict.connections == 1)
    }

    @Test func findsAnAcknowledgedMessageThatIsNotStored() {
        var run = Invented()
        run.evidence.stored.remove(at: 2)
        #expect(run.violated == [.noLoss])
        #expect(run.verdict.lost == 1)
    }

    @Test func takesPUBRECForAPromise() {
        var run = Invented(2, qos: 2)
        run.evidence.stored.removeLast()
        #expect(run.violated == [.noLoss])
    }

    @Test func doesNotCallLostWhatWasNeverAcknowledged() {
        var run = Invented()
        run.send(4, at: 9_000)
        run.resend(4, at: 9_500, duplicate: false)
        run.promise(4, at: 9_900)
        run.store(4)
        #expect(run.violated == [])
        #expect(run.verdict.resent == 1)
    }

    @Test func findsAMessageThatNobodySent() {
        var run = Invented()
        run.evidence.stored.append(
            StoredMessage(pool: Invented.pool, worker: Invented.worker, id: "stranger", digest: "", key: "epoch/9"))
        #expect(run.violated == [.noInvention])
    }

    @Test func findsAMessageWithOtherBytesThanWereSent() {
        var run = Invented()
        run.evidence.stored[1].digest = "other"
        #expect(run.violated == [.noInvention])
    }

    @Test func findsAMessageUnderAnotherWorkersName() {
        var run = Invented()
        run.evidence.stored[1].worker = Invented.pool
        #expect(run.violated == [.noInvention])
    }

    @Test func findsWhatIsNoMessageOfTheLedger() {
        var run = Invented()
        run.evidence.foreign = ["row 7 is not base64"]
        #expect(run.violated == [.noInvention])
    }

    @Test func findsADuplicateWithoutAReason() {
        var run = Invented()
        run.store(3)
        #expect(run.violated == [.duplicatesExplained])
        #expect(run.verdict.unexplainedDuplicates == 1)
    }

    @Test func explainsADuplicateByASecondTransmission() {
        var run = Invented()
        run.send(4, at: 9_000)
        run.resend(4, at: 9_500, duplicate: true)
        run.promise(4, at: 9_900)
        run.store(4)
        run.store(4)
        #expect(run.violated == [])
        #expect(run.verdict.explainedDuplicates == 1)
    }

    @Test func explainsNoMoreCopiesThanTransmissions() {
        var run = Invented()
        run.send(4, at: 9_000)
        run.resend(4, at: 9_500, duplicate: false)
        run.promise(4, at: 9_900)
        for _ in 0..<3 { run.store(4) }
        #expect(run.violated == [.duplicatesExplained])
    }

    @Test func doesNotExplainADuplicateByATransmissionAfterTheAcknowledgement() {
        var run = Invented()
        run.resend(3, at: 9_000, duplicate: false)
        run.store(3)
        #expect(run.violated == [.duplicatesExplained])
    }

    @Test func doesNotExplainADuplicateOfQoS2WithinASession() {
        var run = Invented(0)
        run.send(0, at: 1_000, qos: 2)
        run.resend(0, at: 1_500, duplicate: true)
        run.promise(0, at: 1_900)
        run.store(0)
        run.store(0)
        #expect(run.violated == [.duplicatesExplained])
    }

    @Test func explainsADuplicateOfQoS2WhereTheBrokerDiedInBetween() {
        var run = Invented(0)
        run.send(0, at: 1_000, qos: 2)
        run.resend(0, at: 1_500, duplicate: true)
        run.promise(0, at: 1_900)
        run.store(0)
        run.store(0)
        run.evidence.faults = [Evidence.Fault("kill", from: 1_100, to: 1_200, forgets: true)]
        #expect(run.violated == [])
        run.evidence.faults = [Evidence.Fault("outage", from: 1_100, to: 1_200)]
        #expect(run.violated == [.duplicatesExplained])
        run.evidence.faults = [Evidence.Fault("kill", from: 800, to: 900, forgets: true)]
        #expect(run.violated == [.duplicatesExplained])
    }

    @Test func findsAKeyThatIsStoredTwice() {
        var run = Invented()
        run.evidence.stored[3].key = run.evidence.stored[2].key
        #expect(run.violated == [.storedOnce])
    }

    @Test func findsMessagesOutOfOrder() {
        var run = Invented()
        run.evidence.stored.swapAt(1, 2)
        #expect(run.violated == [.order])
    }

    @Test func judgesTheOrderOfFirstOccurrencesOnly() {
        var run = Invented(0)
        for sequence in 0..<3 { run.send(sequence, at: 1_000) }
        for sequence in 0..<3 { run.resend(sequence, at: 2_000, duplicate: false) }
        for sequence in 0..<3 { run.promise(sequence, at: 3_000) }
        for sequence in [0, 1, 0, 1, 2] { run.store(sequence) }
        #expect(run.violated == [])
    }

    @Test func findsAMessageThatIsAcknowledgedTooLateAfterAFault() {
        var run = Invented()
        run.send(4, at: 9_000)
        run.store(4)
        run.promise(4, at: 6_000_001)
        run.evidence.faults = [Evidence.Fault("kill", from: 8_000, to: 1_000_000)]
        run.evidence.patience = 5_000_000
        #expect(run.violated == [.liveness])
    }

    @Test func givesTheBrokerItsTimeAfterAFault() {
        var run = Invented()
        run.send(4, at: 9_000)
        run.store(4)
        run.promise(4, at: 5_999_999)
        run.evidence.faults = [
            Evidence.Fault("kill", from: 8_000, to: 10_000), Evidence.Fault("kill", from: 900_000, to: 1_000_000),
        ]
        #expect(run.violated == [])
    }

    @Test func findsAMessageThatIsNeverAcknowledged() {
        var run = Invented()
        run.send(4, at: 9_000)
        run.store(4)
        #expect(run.violated == [.liveness])
    }

    @Test func findsARefusal() {
        var run = Invented()
        run.note(9_000, .refused(what: "CONNACK", code: 0x89))
        #expect(run.violated == [.noRefusal])
        #expect(run.verdict.refused == 1)
        // Right while the store is away, wrong when it has long been back.
        run.evidence.tolerated = [0x89]
        run.evidence.faults = [Evidence.Fault("outage", from: 8_900, to: 9_100)]
        #expect(run.violated == [])
        run.evidence.faults = [Evidence.Fault("outage", from: 1, to: 2)]
        run.evidence.patience = 8_000
        #expect(run.violated == [.noRefusal])
        #expect(run.verdict.refused == 1)
    }

    @Test func findsAnAcknowledgementThatRefuses() {
        var run = Invented()
        run.send(4, at: 9_000)
        run.promise(4, at: 9_900, code: 0x97)
        #expect(run.violated == [.noRefusal, .liveness])
    }

    @Test func findsAnAcknowledgementWhileNothingCanBeCommitted() {
        var run = Invented()
        run.evidence.silences = [Evidence.Fault("held commit", from: 2_400, to: 2_600)]
        #expect(run.violated == [.silence])
        run.evidence.silences = [Evidence.Fault("held commit", from: 2_600, to: 3_400)]
        #expect(run.violated == [])
    }

    @Test func findsCountsThatDifferFromTheStore() {
        var run = Invented()
        run.evidence.count = Evidence.Count(epoch: "epoch", since: 0, committed: 4, denied: 0)
        #expect(run.violated == [])
        run.evidence.count?.committed = 5
        #expect(run.violated == [.accounting])
        run.evidence.count = Evidence.Count(epoch: "epoch", since: 0, committed: 4, denied: 1)
        #expect(run.violated == [.accounting])
    }

    @Test func findsCountsThatDifferFromTheBooks() {
        var run = Invented()
        run.evidence.count = Evidence.Count(epoch: "epoch", since: 0, committed: 4, denied: 0)
        // One of them was acknowledged before the broker's last start.
        run.evidence.count?.since = 1_600
        #expect(run.violated == [.accounting])
        // An acknowledgement that broke off with its connection is no miscount.
        run.note(9_000, .lost(connection: 1, reason: "cut"))
        #expect(run.violated == [])
    }
}
