import BrokerCore
import MQTT
import Testing

/// Nobody is reported dead because our own queue was away. [T-61]
@Suite struct PostponedWillTests {
    let stage = Stage()
    private let will = Will(topic: topicName(Cast.writeonly), payload: [9])

    private func worker() -> ConnectionID {
        stage.client("\(Cast.worker)", .worker(pool: Cast.pool), keepAlive: 30, will: will)
    }

    /// A worker that was not read for a minute, because the queue did not commit what it had sent.
    private func letOneBeSentAway() {
        let id = worker()
        stage.queueChanged("away")
        for number in 1...100 as ClosedRange<UInt16> {
            stage.publish(id, Cast.writeonly, "x", qos: .atLeastOnce, packetID: number)
        }
        stage.pass(61)
        guard case .disconnect(let last) = stage.take(id).last, last.reason == .serverBusy else {
            Issue.record("the worker is sent away")
            return
        }
    }

    @Test func whoWasSentAwayAndComesBackIsNotReported() {
        letOneBeSentAway()
        stage.pass(600)
        #expect(stage.handOvers.count == 100)
        stage.queueChanged(nil)
        stage.commit(1...100)
        stage.pass(20)
        let again = worker()
        stage.send(.pingRequest, from: again)
        stage.pass(40)
        #expect(stage.handOvers.count == 100)
    }

    @Test func whoDoesNotComeBackInTimeIsReportedOnce() {
        letOneBeSentAway()
        stage.queueChanged(nil)
        stage.pass(29)
        #expect(stage.handOvers.count == 100)
        stage.pass(2)
        #expect(stage.handOvers.last?.payload == [9])
        stage.pass(100)
        #expect(stage.handOvers.count == 101)
    }

    @Test func whoseConnectionBreaksMeanwhileCouldNotComeBackEither() {
        let id = worker()
        stage.queueChanged("away")
        stage.end(id)
        stage.pass(300)
        #expect(stage.handOvers.isEmpty)
        stage.queueChanged(nil)
        stage.pass(31)
        #expect(stage.handOvers.map(\.payload) == [[9]])
    }

    /// The queue gets them in the same order at every start.
    @Test func thoseThatWentAtOneTimeAreReportedInTheOrderOfTheirNames() {
        let names = (10..<30).map { "01K9ZZZZZZ00000000000000\($0)" }
        let ids = names.reversed().map { name in
            let will = Will(
                topic: topicName("spacelift/writeonly/\(Cast.pool)/\(name)"), payload: Array(name.utf8))
            return stage.client(name, .worker(pool: Cast.pool), will: will)
        }
        stage.queueChanged("away")
        for id in ids { stage.end(id) }
        stage.pass(60)
        stage.queueChanged(nil)
        stage.pass(31)
        #expect(stage.handOvers.map { String(decoding: $0.payload, as: UTF8.self) } == names)
    }

    @Test func whoWantsItsWillSentIsReportedAsEver() {
        let id = worker()
        stage.queueChanged("away")
        stage.send(.disconnect(Disconnect(reason: .disconnectWithWill)), from: id)
        #expect(stage.handOvers.map(\.payload) == [[9]])
    }

    /// [T-34]
    @Test func theWillOfARevokedWorkerIsForgotten() {
        let id = stage.client("\(Cast.worker)", .worker(pool: Cast.pool), will: will, fingerprint: "aa")
        stage.queueChanged("away")
        stage.end(id)
        stage.withBroker { broker, now in
            broker.revoked(.worker(pool: Cast.pool), fingerprint: "aa", at: now)
        }
        stage.queueChanged(nil)
        stage.pass(100)
        #expect(stage.handOvers.isEmpty)
    }
}
