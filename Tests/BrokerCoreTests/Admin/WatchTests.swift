import AdminProtocol
import Testing

@testable import BrokerCore

@Suite struct WatchTests {
    private let scene = Scene()

    @Test func beginsWithASnapshotAndGoesOnWithDeltas() throws {
        let alice = Operator(scene)
        scene.connect(1)
        let (answer, deeds) = try alice.say(.watchOpen, #"{"watch":"w","what":"workers","query":{"sort":"id"}}"#)
        #expect(answer.result?["watch"]?.string == "w")
        let first = try #require(try Operator.messages(deeds, to: alice.caller.connection).first)
        #expect(first.seq == 1)
        var shown = try #require(first.snapshot)
        #expect(shown["rows"]?.array?.count == 1)

        #expect(try alice.hears(after: 1_000).isEmpty, "nothing changed")
        scene.connect(2)
        let second = try #require(try alice.hears(after: 1_000).first)
        #expect(second.seq == 2)
        #expect(second.snapshot == nil)
        let delta = try #require(second.delta)
        shown = try #require(shown.applying(delta))
        #expect(shown["rows"]?.array?.count == 2)
        #expect(
            shown == (try Window(.workers, ListQuery(sort: "id"))(Look(observatory: scene.observatory, now: scene.now)))
        )
    }

    @Test func pushesNoOftenerThanAskedFor() throws {
        let alice = Operator(scene)
        _ = try alice.say(.watchOpen, #"{"watch":"o","what":"overview","interval_ms":2000}"#)
        #expect(try alice.hears(after: 1_000).isEmpty)
        #expect(try alice.hears(after: 900).isEmpty)
        #expect(try alice.hears(after: 100).count == 1)
        #expect(try alice.hears(after: 1_999).isEmpty)
    }

    @Test func sendsASnapshotAfterWhatDidNotGetThrough() throws {
        let alice = Operator(scene)
        _ = try alice.say(.watchOpen, #"{"watch":"o","what":"overview"}"#)
        #expect(try alice.hears(after: 1_000).first?.delta != nil)
        scene.desk.missed(alice.caller.connection, watch: "o")
        let next = try #require(try alice.hears(after: 1_000).first)
        #expect(next.snapshot != nil)
        #expect(next.seq == 3)
    }

    @Test func movesToAnotherWindowAtOnce() throws {
        let alice = Operator(scene)
        for number in 0..<5 as Range<UInt64> { scene.connect(number) }
        _ = try alice.say(.watchOpen, #"{"watch":"w","what":"workers","query":{"limit":2}}"#, id: "1")
        let (_, deeds) = try alice.say(.watchSet, #"{"watch":"w","what":"workers","query":{"limit":3}}"#, id: "2")
        let moved = try #require(try Operator.messages(deeds, to: alice.caller.connection).first)
        #expect(moved.snapshot?["rows"]?.array?.count == 3)
        #expect(moved.seq == 2)
        let unknown = try alice.say(.watchSet, #"{"watch":"x","what":"workers"}"#, id: "3")
        #expect(unknown.answer.error?.code == .notFound)
    }

    @Test func endsWithItsConnectionAndWhenItIsClosed() throws {
        let alice = Operator(scene)
        let bob = Operator(scene, name: "bob")
        _ = try alice.say(.watchOpen, #"{"watch":"o","what":"overview"}"#)
        _ = try bob.say(.watchOpen, #"{"watch":"o","what":"overview"}"#)
        _ = try bob.say(.watchClose, #"{"watch":"o"}"#, id: "2")
        #expect(try bob.hears(after: 1_000).isEmpty)
        #expect(try alice.hears(after: 1_000).count == 1)
        let client = try #require(scene.observatory.operators[alice.caller.connection])
        scene.disconnect(client)
        #expect(try alice.hears(after: 1_000).isEmpty)
        #expect(scene.desk.watches.isEmpty)
    }

    @Test func refusesMoreThanAConnectionMayHave() throws {
        let alice = Operator(scene)
        for place in 0..<16 {
            let text = #"{"watch":"w\#(place)","what":"pools"}"#
            #expect(try alice.say(.watchOpen, text, id: "a\(place)").answer.state == .done)
        }
        let last = try alice.say(.watchOpen, #"{"watch":"w16","what":"pools"}"#, id: "b")
        #expect(last.answer.error?.code == .unavailable)
    }

    @Test(arguments: [
        (#"{"watch":"","what":"pools"}"#, "args.watch"), (#"{"watch":"a","what":"weather"}"#, "args.what"),
        (#"{"watch":"a","what":"pools","interval_ms":99}"#, "args.interval_ms"),
        (#"{"watch":"a","what":"pools","query":{"filter":"("}}"#, "args.query.filter"),
        (#"{"watch":"a","what":"pools","query":{"x":1}}"#, "args.query.x"),
        (#"{"watch":"a","what":"worker"}"#, "args.query.worker"),
        (#"{"watch":"a","what":"worker","query":{"worker":"x"}}"#, "args.query.worker"),
    ])
    func saysWhatIsWrongWithAWatch(args: String, field: String) throws {
        let (answer, deeds) = try Operator(scene).say(.watchOpen, args)
        #expect(answer.error?.field == field)
        #expect(deeds.isEmpty)
    }

    @Test func showsEveryKindOfWindow() throws {
        let alice = Operator(scene)
        let worker = scene.connect(1)
        scene.deny(worker)
        scene.pass(seconds: 1)
        for what in Watched.allCases {
            let args = #"{"watch":"\#(what.rawValue)","what":"\#(what.rawValue)","query":{"worker":"\#(worker.id)"}}"#
            let (answer, deeds) = try alice.say(.watchOpen, args, id: what.rawValue)
            #expect(answer.state == .done)
            #expect(try Operator.messages(deeds, to: alice.caller.connection).first?.snapshot != nil)
        }
    }
}
