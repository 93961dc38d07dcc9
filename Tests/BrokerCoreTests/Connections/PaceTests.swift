import AdminProtocol
import BrokerCore
import MQTT
import Testing

/// One noisy worker does not starve the others, and loses nothing. [T-25]
@Suite struct PaceTests {
    let stage = Stage()

    /// What is said is stored at once, so that nothing waits but for the pace.
    private func say(_ payload: String, _ worker: ConnectionID) {
        stage.publish(worker, Cast.writeonly, payload)
        if let last = stage.handOvers.last { stage.commit(1...last.ticket) }
    }

    @Test func aWorkerThatSaysTooMuchIsReadLaterAndNothingIsDropped() {
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        let backend = stage.client("server", .backend(name: "server"))
        _ = stage.subscribe(backend, "spacelift/writeonly/#")
        for _ in 0..<100 { say("{}", worker) }
        #expect(!stage.paused.contains(worker))
        say("{}", worker)
        #expect(stage.paused.contains(worker))
        #expect(stage.publishes(backend).count == 101)
        stage.pass(0.3)
        #expect(!stage.paused.contains(worker))
        #expect(!stage.closed.contains(worker))
    }

    @Test func bytesCountAsMessagesDo() {
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        let large = String(repeating: "x", count: 131_072)
        for _ in 0..<4 { say(large, worker) }
        #expect(!stage.paused.contains(worker))
        say("x", worker)
        #expect(stage.paused.contains(worker))
    }

    @Test func overTenSecondsItIsHeardAHundredTimesASecond() {
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool))
        var said = 0
        for _ in 0..<100 {
            while !stage.paused.contains(worker) {
                say("{}", worker)
                said += 1
            }
            stage.pass(0.1)
        }
        #expect((1_000...1_150).contains(said), "\(said)")
    }

    /// Silence that is ours is not held against it. [T-61]
    @Test func aPausedWorkerIsNotSilent() {
        let worker = stage.client("\(Cast.worker)", .worker(pool: Cast.pool), keepAlive: 1)
        for _ in 0..<300 { say("{}", worker) }
        stage.pass(1.8)
        #expect(stage.paused.contains(worker) && !stage.closed.contains(worker))
    }

    /// Suites and benchmarks on the open listener publish as fast as they like, and so does the platform.
    @Test(arguments: [Principal.open, .backend(name: "server")])
    func nobodyElseIsHeldToAPace(_ principal: Principal) {
        let id = stage.client("a", principal)
        for _ in 0..<1_000 { stage.publish(id, "spacelift/readonly/\(Cast.pool)/\(Cast.worker)", "{}") }
        #expect(!stage.paused.contains(id))
    }
}
