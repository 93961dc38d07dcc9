import AdminProtocol
import TestSupport
import Testing

@testable import BrokerCore

@Suite struct RequestTests {
    private let scene = Scene()

    @Test func saysHello() throws {
        let (answer, _) = try Operator(scene, role: .viewer).say(.hello)
        #expect(answer.state == .done)
        #expect(answer.at == scene.now.wall)
        let hello = try #require(try answer.result?.decoded(as: Hello.self))
        #expect(hello.principal == "alice")
        #expect(hello.role == .viewer)
        #expect(hello.namespace == "spacelift")
        #expect(hello.features.filter(\.available).map(\.name) == ["watch", "kick", "log.level"])
        #expect(hello.features.allSatisfy { $0.available != ($0.why != nil) })
    }

    @Test(arguments: [
        ("", "malformed", nil), ("{", "malformed", nil), (#"{"v":1,"v":1}"#, "malformed", nil),
        (#"{"v":1,"id":"7"}"#, "bad_argument", "cmd"), (#"{"v":2,"id":"7","cmd":"hello"}"#, "bad_argument", "v"),
        (#"{"v":1,"id":"","cmd":"hello"}"#, "bad_argument", "id"),
        (#"{"v":1,"id":"7","cmd":"explode"}"#, "unknown_command", "cmd"),
        (#"{"v":1,"id":"7","cmd":"hello","x":1}"#, "bad_argument", "x"),
        (#"{"v":1,"id":"7","cmd":"workers.list","args":{"limit":0}}"#, "bad_argument", "args.limit"),
        (#"{"v":1,"id":"7","cmd":"workers.list","args":{"colour":0}}"#, "bad_argument", "args.colour"),
        (#"{"v":1,"id":"7","cmd":"workers.list","args":{"filter":"("}}"#, "bad_argument", "args.filter"),
        (#"{"v":1,"id":"7","cmd":"worker.get","args":{"worker":"x"}}"#, "not_found", "args.worker"),
        (#"{"v":1,"id":"7","cmd":"worker.get"}"#, "bad_argument", "args.worker"),
        (#"{"v":1,"id":"7","cmd":"watch.close","args":{"watch":"x"}}"#, "not_found", "args.watch"),
        (#"{"v":1,"id":"7","cmd":"hello","issued_at":5}"#, "stale", "issued_at"),
    ])
    func refusesWithACodeASentenceAndAPlace(text: String, code: String, field: String?) throws {
        let (answer, deeds) = try Operator(scene).say(text)
        #expect(answer.state == .refused)
        #expect(answer.error?.code.rawValue == code)
        #expect(answer.error?.field == field)
        #expect(answer.error?.message.isEmpty == false)
        #expect(deeds.isEmpty)
    }

    @Test func refusesWhatTheRoleMayNot() throws {
        let viewer = Operator(scene, role: .viewer)
        for command in Command.allCases where command.changes {
            #expect(try viewer.say(command).answer.error?.code == .forbidden)
        }
        #expect(try viewer.say(.logLevelGet, id: "2").answer.state == .done)
    }

    @Test func actsOnceForOneIDAndBody() throws {
        let alice = Operator(scene)
        let first = try alice.say(.logLevelSet, #"{"level":"debug"}"#, id: "a").answer
        scene.pass(seconds: 30)
        let again = try alice.say(.logLevelSet, #"{"level":"debug"}"#, id: "a").answer
        #expect(again == first)
        #expect(scene.observatory.events.newestFirst.filter { $0.what == .level }.count == 1)
        #expect(try alice.say(.logLevelSet, #"{"level":"info"}"#, id: "a").answer.error?.code == .conflict)
        #expect(try Operator(scene, name: "bob").say(.logLevelSet, #"{"level":"info"}"#, id: "a").answer.state == .done)
        scene.pass(seconds: 86_400)
        #expect(try alice.say(.logLevelSet, #"{"level":"info"}"#, id: "a").answer.state == .done)
    }

    @Test func answersAQuestionAnewWhenItIsAskedAgain() throws {
        let alice = Operator(scene)
        #expect(try alice.say(.overview).answer.result?["workers"]?.int == 0)
        scene.connect(1)
        scene.pass(seconds: 1)
        #expect(try alice.say(.overview).answer.result?["workers"]?.int == 1)
    }

    @Test func answersNoMoreThanItsAllowance() throws {
        let alice = Operator(scene)
        for place in 0..<5 {
            #expect(try alice.say(.logLevelSet, #"{"level":"info"}"#, id: "c\(place)").answer.state == .done)
        }
        #expect(try alice.say(.logLevelSet, #"{"level":"info"}"#, id: "c5").answer.error?.code == .rateLimited)
        scene.pass(seconds: 1)
        #expect(try alice.say(.logLevelSet, #"{"level":"info"}"#, id: "c6").answer.state == .done)
        scene.pass(seconds: 10)
        let answers = try (0..<150).map { try alice.say(.logLevelGet, id: "r\($0)").answer.state }
        #expect(answers.filter { $0 == .done }.count == 100)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func answersAnyBytesWithOneAnswer(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let alice = Operator(scene)
        let text = Array(
            #"{"v":1,"id":"7","cmd":"workers.list","args":{"filter":"a or b","limit":5,"sort":"-id"}}"#.utf8)
        for _ in 0..<200 {
            var bytes = text
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let deeds = scene.desk.handle(
                bytes, from: alice.caller, scene.observatory, into: &scene.effects, at: scene.now)
            let answers = deeds.count { if case .answer = $0 { true } else { false } }
            #expect(answers == 1)
        }
    }
}
