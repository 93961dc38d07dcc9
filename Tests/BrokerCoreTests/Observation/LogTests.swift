import AdminProtocol
import Testing

@testable import BrokerCore

@Suite struct LogTests {
    private func lease(_ level: LogLevel, _ scene: Scene, seconds: Int64? = 10) -> LogGate.Lease {
        LogGate.Lease(
            level: level, by: "alice", since: scene.now,
            until: seconds.map { scene.now.advanced(byMilliseconds: $0 * 1_000) })
    }

    @Test func letsTheMostParticularLevelDecide() {
        let scene = Scene(level: .warn)
        let (one, two) = (scene.connect(1), scene.connect(2, of: Scene.us))
        let observatory = scene.observatory
        #expect(observatory.wouldLog(.warn, .session, one))
        #expect(!observatory.wouldLog(.info, .session, one))
        observatory.setLevel(.subsystem(.session), lease(.info, scene), at: scene.now, into: &scene.effects)
        #expect(observatory.wouldLog(.info, .session, one))
        #expect(!observatory.wouldLog(.info, .access, one))
        observatory.setLevel(.pool(Scene.eu), lease(.debug, scene), at: scene.now, into: &scene.effects)
        #expect(observatory.wouldLog(.debug, .session, one))
        #expect(!observatory.wouldLog(.debug, .session, two))
        observatory.setLevel(.worker(Scene.worker(1)), lease(.error, scene), at: scene.now, into: &scene.effects)
        #expect(!observatory.wouldLog(.warn, .session, one))
        #expect(observatory.wouldLog(.info, .session, two))
        #expect(scene.effects.logLevel == nil, "the broker's own has not changed")
        scene.pass(seconds: 10)
        #expect(observatory.wouldLog(.warn, .session, one))
        #expect(!observatory.wouldLog(.info, .session, one))
        #expect(observatory.gate.leases.isEmpty)
    }

    @Test func takesTheBrokersLevelBackInTime() {
        let scene = Scene(level: .error)
        scene.observatory.setLevel(.broker, lease(.debug, scene), at: scene.now, into: &scene.effects)
        #expect(scene.effects.logLevel == .debug)
        scene.effects.removeAll()
        scene.pass(milliseconds: 9_999)
        #expect(scene.effects.logLevel == nil)
        scene.pass(milliseconds: 1)
        #expect(scene.effects.logLevel == .error)
        #expect(
            scene.observatory.events.newestFirst.map(\.detail)
                == ["debug -> error, time is up (was by alice)", "error -> debug for 10s"])
    }

    @Test func writesALineWithWhoItIsAbout() {
        let scene = Scene(level: .info)
        let client = scene.connect(1)
        let log = { (level: LogLevel) in
            scene.observatory.log(
                level, .access, "denied", client: client,
                fields: [("topic", "a\u{1B}[2J\(String(repeating: "x", count: 300))")],
                at: scene.now, into: &scene.effects)
        }
        log(.debug)
        #expect(scene.effects.lines.isEmpty)
        log(.info)
        #expect(scene.effects.lines.map(\.message) == ["denied"])
        let fields = scene.effects.lines.first?.fields ?? []
        #expect(fields.map(\.key) == ["client", "pool", "worker", "topic"])
        #expect(fields.last?.value.hasPrefix("a·[2Jxxx") == true)
        #expect((fields.last?.value.utf8.count ?? 0) <= 256 + 3)
        #expect(scene.observatory.book.lines.newest?.client == client.id)
    }

    @Test func holdsBackWhatComesTooOften() {
        let scene = Scene(level: .info)
        for _ in 0..<120 {
            scene.observatory.log(.info, .session, "resumed", at: scene.now, into: &scene.effects)
        }
        scene.observatory.log(.info, .session, "other", at: scene.now, into: &scene.effects)
        #expect(scene.effects.lines.count == 51)
        scene.effects.removeAll()
        scene.pass(seconds: 2)
        #expect(scene.effects.lines.map(\.message) == ["lines held back"])
        #expect(scene.effects.lines.first?.fields.last?.value == "70")
        #expect(scene.observatory.book.perSecond > 5)
    }

    @Test(arguments: [
        ("broker", true), ("subsystem:access", true), ("subsystem:weather", false), ("pool:x", false),
        ("worker:01ARZ3NDEKTSV4RRFFQ69G5FAV", true), ("worker:01arz3ndektsv4rrffq69g5fav", false), ("", false),
        ("broker:x", false),
    ])
    func readsScopes(text: String, isOne: Bool) {
        #expect(LogGate.Scope(text)?.name == (isOne ? text : nil))
    }
}
