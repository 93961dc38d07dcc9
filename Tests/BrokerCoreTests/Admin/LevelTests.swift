import AdminProtocol
import Testing

@testable import BrokerCore

@Suite struct LevelTests {
    private let scene = Scene(level: .warn)

    @Test func setsALevelForTenMinutesUnlessSaidOtherwise() throws {
        let alice = Operator(scene)
        let (answer, _) = try alice.say(.logLevelSet, #"{"level":"DEBUG"}"#, reason: "look")
        let levels = try #require(try answer.result?.decoded(as: LogLevels.self))
        #expect(levels.level == .debug)
        #expect(levels.configured == .warn)
        #expect(
            levels.leases == [
                LogLevels.Lease(
                    scope: "broker", level: .debug, by: "alice", since: scene.now.wall, until: scene.now.wall + 600_000,
                    reason: "look")
            ])
        #expect(scene.effects.logLevel == .debug)
        scene.effects.removeAll()
        scene.pass(seconds: 600)
        #expect(scene.effects.logLevel == .warn)
        let after = try alice.say(.logLevelGet, id: "2").answer.result?.decoded(as: LogLevels.self)
        #expect(after?.leases == [])
        #expect(after?.level == .warn)
    }

    @Test func keepsALevelUntilItIsReverted() throws {
        let alice = Operator(scene)
        _ = try alice.say(.logLevelSet, #"{"scope":"subsystem:access","level":"info","keep":true}"#)
        scene.pass(seconds: 20_000)
        #expect(scene.observatory.wouldLog(.info, .access))
        let (answer, _) = try alice.say(.logLevelRevert, #"{"scope":"subsystem:access"}"#, id: "2")
        #expect(answer.state == .done)
        #expect(!scene.observatory.wouldLog(.info, .access))
        #expect(
            try alice.say(.logLevelRevert, #"{"scope":"subsystem:access"}"#, id: "3").answer.error?.code == .notFound)
        let events = scene.observatory.events.newestFirst.filter { $0.what == .level }
        #expect(events.map(\.detail) == ["info -> warn", "warn -> info until changed"])
        #expect(events.map(\.by) == ["alice", "alice"])
    }

    @Test(arguments: [
        (#"{"level":"loud"}"#, "bad_argument", "args.level"),
        (#"{"level":"info","for_ms":999}"#, "bad_argument", "args.for_ms"),
        (#"{"level":"info","for_ms":14400001}"#, "bad_argument", "args.for_ms"),
        (#"{"level":"info","for_ms":1000,"keep":true}"#, "bad_argument", "args.for_ms"),
        (#"{"level":"info","scope":"weather"}"#, "bad_argument", "args.scope"),
        (#"{"level":"info","scope":"pool:01ARZ3NDEKTSV4RRFFQ69G5FAV"}"#, "not_found", "args.scope"),
        (#"{}"#, "bad_argument", "args.level"),
    ])
    func refuses(args: String, code: String, field: String) throws {
        let (answer, _) = try Operator(scene).say(.logLevelSet, args)
        #expect(answer.error?.code.rawValue == code)
        #expect(answer.error?.field == field)
        #expect(scene.observatory.gate.leases.isEmpty)
        #expect(scene.effects.logLevel == nil)
    }
}
