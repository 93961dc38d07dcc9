import BrokerCore
import MQTT
import Testing

/// Wills that outlive the broker: transcripts of what is written down, and of what follows a restart. [T-62, T-63]
@Suite struct KeptWillTests {
    private static let configuration: BrokerConfiguration = {
        var configuration = BrokerConfiguration()
        configuration.keepsWills = true
        return configuration
    }()

    let stage = Stage(KeptWillTests.configuration)

    private func will(delay: UInt32 = 0) -> Will {
        Will(
            topic: topicName(Cast.writeonly), payload: Array(#"{"type":"worker.gone"}"#.utf8), qos: .atLeastOnce,
            properties: delay == 0 ? [] : [.willDelayInterval(delay)])
    }

    /// Sends CONNECT; nothing is taken from the answer.
    private func connects(_ will: Will?, cleanStart: Bool = true, expiry: UInt32 = 0) -> ConnectionID {
        let id = stage.accept(.worker(pool: Cast.pool))
        stage.send(
            .connect(
                Connect(
                    clientID: clientID("\(Cast.worker)"), cleanStart: cleanStart,
                    properties: expiry == 0 ? [] : [.sessionExpiryInterval(expiry)], will: will)), from: id)
        return id
    }

    private func keeps(upTo done: UInt64) {
        stage.withBroker { broker, now in broker.willsKept(upTo: done, at: now) }
    }

    private var remembered: [KeptWill] {
        stage.wills.compactMap { if case .remember(let will) = $0 { will } else { nil } }
    }

    private var forgotten: [KeptWill.Name] {
        stage.wills.compactMap { if case .forget(let name) = $0 { name } else { nil } }
    }

    private var lost: [KeptWill.Left] {
        stage.wills.compactMap { if case .lose(_, let time) = $0 { KeptWill.Left(cause: nil, at: time) } else { nil } }
    }

    private func isLetIn(_ id: ConnectionID) -> Bool {
        guard case .connAck(let answer)? = stage.take(id).first else { return false }
        return answer.reason == .success
    }

    /// A broker that begins with what another left behind.
    private func restarted(_ cause: KeptWill.Cause?, delay: UInt32 = 0, after seconds: Int64 = 0) -> KeptWill {
        let name = KeptWill.Name(pool: Cast.pool, clientID: clientID("\(Cast.worker)"), epoch: 1_763_812_700_000)
        let left = KeptWill.Left(cause: cause, at: stage.now.wall - seconds * 1_000)
        let kept = KeptWill(name: name, will: will(delay: delay), left: left)
        stage.withBroker { broker, now in broker.willsRecovered([kept], at: now) }
        return kept
    }

    @Test func writesTheWillDownBeforeConnAck() throws {
        let id = connects(will())
        #expect(stage.take(id) == [])
        let kept = try #require(remembered.first)
        #expect(kept.will == will() && kept.name.pool == Cast.pool && kept.left == nil)
        stage.publish(id, Cast.writeonly, "{}", qos: .atLeastOnce)
        stage.commit(1...1)
        #expect(stage.take(id) == [])
        keeps(upTo: 1)
        let answers = stage.take(id)
        guard case .connAck? = answers.first, case .pubAck? = answers.last, answers.count == 2 else {
            return #expect(Bool(false), "\(answers)")
        }
    }

    @Test func keepsNobodyWaitingWhoHasNoWillOrNoQueue() {
        #expect(isLetIn(connects(nil)))
        _ = stage.client("open", will: Will(topic: topicName("will"), payload: [1]))
        _ = stage.client("open too", will: Will(topic: topicName(Cast.writeonly), payload: [1]))
        #expect(stage.wills == [])
    }

    @Test func turnsAwayWhoseWillCannotBeWrittenDown() {
        let id = connects(will())
        stage.pass(5.5)
        guard case .connAck(let answer)? = stage.take(id).first else { return #expect(Bool(false)) }
        #expect(answer.reason == .serverBusy)
        #expect(stage.closed.contains(id))
        #expect(forgotten == remembered.map(\.name))
        #expect(stage.handOvers == [])
        // What comes too late lets nobody in.
        keeps(upTo: 1)
        #expect(stage.take(id) == [])
    }

    @Test func forgetsTheWillOfWhoSaysGoodbye() {
        let id = connects(will())
        keeps(upTo: 1)
        #expect(isLetIn(id))
        stage.send(.disconnect(Disconnect()), from: id)
        #expect(forgotten == remembered.map(\.name))
        #expect(stage.handOvers == [])
    }

    @Test func forgetsAWillThatWasSaidOnlyWhenTheQueueHasIt() throws {
        let id = connects(will())
        keeps(upTo: 1)
        stage.end(id, .failed("reset"))
        let handOver = try #require(stage.handOvers.first)
        #expect(handOver.will == WillMark(name: try #require(remembered.first).name))
        #expect(forgotten == [])
        stage.commit(handOver.ticket...handOver.ticket)
        #expect(forgotten == remembered.map(\.name))
    }

    @Test func saysTheOldWillBeforeItsSuccessorSaysAnything() {
        let old = connects(will())
        keeps(upTo: 1)
        let new = connects(will())
        stage.publish(new, Cast.writeonly, #"{"type":"register"}"#, qos: .atLeastOnce)
        #expect(stage.closed.contains(old))
        #expect(
            stage.handOvers.map { String(decoding: $0.payload, as: UTF8.self) } == [
                #"{"type":"worker.gone"}"#, #"{"type":"register"}"#,
            ])
        #expect(remembered.map(\.name.epoch).sorted() == remembered.map(\.name.epoch))
        #expect(stage.handOvers.first?.will?.name == remembered.first?.name)
        // The socket of the old one ends late: nothing follows.
        stage.end(old)
        stage.pass(120)
        #expect(stage.handOvers.count == 2)
    }

    @Test func leavesTheWillsToTheNextStartWhenItStops() {
        let watcher = stage.client("platform", .backend(name: "platform"))
        _ = stage.subscribe(watcher, "spacelift/writeonly/#")
        let id = connects(will())
        keeps(upTo: 1)
        _ = stage.take(id)
        stage.withBroker { broker, now in broker.stopping(over: 1_000, at: now) }
        // Lost while it stops: the broker may be the reason.
        stage.end(id, .failed("reset"))
        stage.pass(5)
        #expect(stage.handOvers == [] && forgotten == [])
        #expect(stage.publishes(watcher) == [])
    }

    /// A worker that crashed before the stop has crashed, though its will had to wait; one that is lost by the stop has
    /// not. [T-62]
    @Test func writesDownThatAClientWasLostBeforeItsWillIsDue() throws {
        let id = connects(will(delay: 20), expiry: 100)
        keeps(upTo: 1)
        stage.end(id, .failed("reset"))
        let lostAt = stage.now.wall
        stage.pass(1)
        stage.withBroker { broker, now in broker.stopping(at: now) }
        #expect(lost == [KeptWill.Left(cause: nil, at: lostAt)])
        #expect(stage.wills.last == .lose(try #require(remembered.first).name, at: lostAt))
        stage.pass(60)
        #expect(stage.handOvers == [] && forgotten == [])
    }

    @Test func writesNobodyDownAsLostWhoWaitsForNothing() {
        let crashed = connects(will(), expiry: 100)
        keeps(upTo: 1)
        stage.end(crashed, .failed("reset"))
        let stopped = connects(will(delay: 20), cleanStart: false, expiry: 100)
        keeps(upTo: 2)
        stage.withBroker { broker, now in broker.stopping(over: 1_000, at: now) }
        stage.end(stopped, .failed("reset"))
        stage.pass(5)
        #expect(lost == [])
    }

    /// Of an earlier start, and no fault of it: it is said as the crash it was. [T-62]
    @Test func saysTheWillOfAWorkerThatWasLostBeforeTheStopWithoutACause() {
        let watcher = stage.client("platform", .backend(name: "platform"))
        _ = stage.subscribe(watcher, "spacelift/writeonly/#")
        let kept = restarted(nil, delay: 20, after: 5)
        stage.pass(60.1)
        #expect(stage.handOvers.map(\.will) == [WillMark(name: kept.name)])
        #expect(stage.publishes(watcher).map { $0.properties.userProperties.isEmpty } == [true])
    }

    /// [T-63] Its delay runs from the loss, and whoever is back after it has a successor, whatever the cause.
    @Test func marksTheWillOfAWorkerThatIsBackAfterItsDelay() throws {
        let early = restarted(nil, delay: 20, after: 15)
        #expect(isLetIn(connects(nil)))
        #expect(stage.handOvers == [] && forgotten == [early.name])
        let late = restarted(nil, delay: 20, after: 25)
        let id = connects(nil)
        stage.publish(id, Cast.writeonly, #"{"type":"register"}"#, qos: .atLeastOnce)
        #expect(stage.handOvers.count == 2)
        let mark = try #require(stage.handOvers.first?.will)
        #expect(mark.name == late.name && mark.cause == nil)
        #expect(try #require(mark.supersededBy) > late.name.epoch)
    }

    @Test func forgetsTheGoodbyeOfWhoLeavesWhileItStops() {
        let ids = (0..<2).map { number in
            let id = stage.accept(.worker(pool: Cast.pool))
            let name = ULID(high: 0x019A_1111_0000_2222, low: UInt64(number))
            let topic = topicName("spacelift/writeonly/\(Cast.pool)/\(name)")
            stage.send(
                .connect(Connect(clientID: clientID("\(name)"), will: Will(topic: topic, payload: [0x7B, 0x7D]))),
                from: id)
            return id
        }
        keeps(upTo: 2)
        stage.withBroker { broker, now in broker.stopping(over: 60_000, at: now) }
        stage.send(.disconnect(Disconnect()), from: ids[1])
        #expect(forgotten == [remembered[1].name])
    }

    @Test(arguments: KeptWill.Cause.allCases)
    func marksTheWillOfAWorkerThatIsBack(_ cause: KeptWill.Cause) throws {
        let watcher = stage.client("platform", .backend(name: "platform"))
        _ = stage.subscribe(watcher, "spacelift/writeonly/#")
        let kept = restarted(cause)
        stage.pass(30)
        #expect(stage.handOvers == [])
        let id = connects(will())
        keeps(upTo: 1)
        #expect(isLetIn(id))
        stage.publish(id, Cast.writeonly, #"{"type":"register"}"#, qos: .atLeastOnce)
        let epoch = try #require(remembered.first).name.epoch
        #expect(epoch > kept.name.epoch)
        #expect(stage.handOvers.count == 2)
        #expect(stage.handOvers.first?.will == WillMark(name: kept.name, cause: cause, supersededBy: epoch))
        #expect(stage.handOvers.last?.will == nil)
        // A subscriber cannot read the mark, and hears only what the worker says.
        #expect(stage.publishes(watcher).map(\.text) == [#"{"type":"register"}"#])
        stage.commit(1...2)
        #expect(forgotten == [kept.name])
        stage.pass(60)
        #expect(stage.handOvers.count == 2)
    }

    @Test func saysTheWillOfAWorkerThatStaysAway() {
        let watcher = stage.client("platform", .backend(name: "platform"))
        _ = stage.subscribe(watcher, "spacelift/writeonly/#")
        let kept = restarted(.serverShutdown)
        stage.pass(59.9)
        #expect(stage.handOvers == [])
        stage.pass(0.2)
        #expect(stage.handOvers.map(\.will) == [WillMark(name: kept.name, cause: .serverShutdown)])
        let heard = stage.publishes(watcher)
        #expect(heard.map(\.text) == [#"{"type":"worker.gone"}"#])
        #expect(heard.first?.properties.userProperties.first?.value == Array("server_shutdown".utf8))
        stage.commit(1...1)
        #expect(forgotten == [kept.name])
        _ = connects(nil)
        stage.pass(60)
        #expect(stage.handOvers.count == 1)
    }

    /// Nobody can come back while the queue is away: that is no reason to call a worker dead. [T-61] [T-62]
    @Test func waitsWithTheWillsOfAnEarlierStartWhileTheQueueIsAway() {
        let kept = restarted(.serverCrash)
        stage.queueChanged("away")
        stage.pass(120)
        #expect(stage.handOvers == [])
        stage.queueChanged(nil)
        stage.pass(29)
        #expect(stage.handOvers == [])
        stage.pass(2)
        #expect(stage.handOvers.map(\.will?.name) == [kept.name])
    }

    /// [MQTT-3.1.3-9]
    @Test func saysNothingWhenTheDelayCoversTheGap() {
        let kept = restarted(.serverCrash, delay: 90)
        stage.pass(80)
        #expect(stage.handOvers == [])
        #expect(isLetIn(connects(nil)))
        #expect(stage.handOvers == [] && forgotten == [kept.name])
        let other = restarted(.serverCrash, delay: 70)
        stage.pass(69.9)
        #expect(stage.handOvers == [])
        stage.pass(0.2)
        #expect(stage.handOvers.map(\.will?.name) == [other.name])
    }

    @Test func dropsTheWillsOfARevokedPool() {
        let kept = restarted(.serverCrash)
        stage.withBroker { broker, now in
            broker.revoked(.worker(pool: Cast.pool), fingerprint: "f", at: now)
        }
        #expect(forgotten == [kept.name])
        stage.pass(120)
        #expect(stage.handOvers == [])
    }

    @Test func keepsTheWillOfADelayUntilTheSessionIsTakenUpAgain() {
        let id = connects(will(delay: 20), expiry: 100)
        keeps(upTo: 1)
        stage.end(id)
        stage.pass(10)
        #expect(forgotten == [] && stage.handOvers == [])
        let again = connects(nil, cleanStart: false, expiry: 100)
        #expect(isLetIn(again))
        #expect(forgotten == remembered.map(\.name))
        stage.pass(60)
        #expect(stage.handOvers == [])
    }

    /// A worker that lost its connection while the queue was away; its will is put off. [T-61]
    private func isPutOff() throws -> KeptWill.Name {
        let id = connects(will())
        keeps(upTo: 1)
        stage.queueChanged("away")
        stage.end(id)
        stage.pass(40)
        #expect(stage.handOvers == [] && forgotten == [])
        return try #require(remembered.first).name
    }

    @Test func crossesOutAWillThatWasPutOffOnceItIsStored() throws {
        let name = try isPutOff()
        stage.queueChanged(nil)
        stage.pass(31)
        #expect(stage.handOvers.map(\.will?.name) == [name])
        #expect(forgotten == [])
        stage.commit(1...1)
        #expect(forgotten == [name])
    }

    @Test func crossesOutAWillThatWasPutOffWhenItsClientIsBack() throws {
        let name = try isPutOff()
        stage.queueChanged(nil)
        #expect(isLetIn(connects(nil)))
        #expect(forgotten == [name])
        stage.pass(120)
        #expect(stage.handOvers == [])
    }

    @Test func leavesAWillThatWasPutOffToTheNextStart() throws {
        _ = try isPutOff()
        stage.withBroker { broker, now in broker.stopping(at: now) }
        stage.queueChanged(nil)
        stage.pass(120)
        #expect(stage.handOvers == [] && forgotten == [])
    }

    /// [T-34] A pool that was reset while the broker was away: nobody was there to hear of it.
    @Test func saysNoWillWhoseCertificateWasRevokedBeforeTheStart() {
        let left = KeptWill.Left(cause: .serverCrash, at: stage.now.wall)
        let wills = ["old", "new"].enumerated().map { number, fingerprint in
            KeptWill(
                name: KeptWill.Name(
                    pool: Cast.pool, clientID: clientID("\(Cast.worker)"), epoch: 1_763_812_700_000 + Int64(number)),
                will: will(), fingerprint: fingerprint, left: left)
        }
        stage.withBroker { broker, now in broker.willsRecovered(wills, at: now) { $0 == "new" } }
        #expect(forgotten == [wills[0].name])
        stage.pass(120)
        #expect(stage.handOvers.count == 1)
    }

    /// [T-34] Of what waits, a revocation crosses out what came by that certificate, and what came by one of that pool
    /// and nobody wrote down which.
    @Test func crossesOutWhatCameByTheRevokedCertificate() {
        let left = KeptWill.Left(cause: .serverCrash, at: stage.now.wall)
        let wills = ["old", nil, "new"].enumerated().map { number, fingerprint in
            KeptWill(
                name: KeptWill.Name(
                    pool: Cast.pool, clientID: clientID("\(Cast.worker)"), epoch: 1_763_812_700_000 + Int64(number)),
                will: will(), fingerprint: fingerprint, left: left)
        }
        stage.withBroker { broker, now in
            broker.willsRecovered(wills, at: now)
            broker.revoked(.worker(pool: Cast.pool), fingerprint: "old", at: now)
        }
        #expect(forgotten == [wills[0].name, wills[1].name])
        stage.pass(120)
        #expect(stage.handOvers.count == 1)
    }

    /// [T-34]
    @Test func crossesOutAWillThatWasPutOffWhenItsCredentialIsRevoked() throws {
        let id = stage.accept(.worker(pool: Cast.pool), fingerprint: "aa")
        stage.send(.connect(Connect(clientID: clientID("\(Cast.worker)"), will: will())), from: id)
        keeps(upTo: 1)
        stage.queueChanged("away")
        stage.end(id)
        stage.withBroker { broker, now in
            broker.revoked(.worker(pool: Cast.pool), fingerprint: "aa", at: now)
        }
        #expect(forgotten == remembered.map(\.name) && forgotten.count == 1)
        stage.queueChanged(nil)
        stage.pass(120)
        #expect(stage.handOvers == [])
    }
}
