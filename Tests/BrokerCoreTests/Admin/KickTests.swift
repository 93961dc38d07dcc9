import AdminProtocol
import Testing

@testable import BrokerCore

@Suite struct KickTests {
    private let scene = Scene()

    private func args(_ client: ClientRecord, _ more: String = "") -> String {
        #"{"worker":"\#(client.id)","epoch":\#(client.epoch)\#(more)}"#
    }

    @Test func cutsAndTellsWhatFollowed() throws {
        let alice = Operator(scene)
        let client = scene.connect(1, will: true, sessionExpiry: 60_000)
        let id = try #require(client.connection?.id)
        scene.pass(seconds: 90)
        let (answer, deeds) = try alice.say(.kick, args(client), id: "k", reason: "stuck run 4412")
        let kicked = try #require(try answer.result?.decoded(as: Kicked.self))
        #expect(
            kicked
                == Kicked(
                    worker: client.id, epoch: client.epoch, connectedFor: 90_000, willSent: true, sessionKept: true))
        #expect(deeds == [.cut(id, fireWill: true, cleanSession: false)])

        scene.disconnect(client, .kicked)
        let gone = try alice.hears(after: 100).compactMap(\.outcome)
        #expect(gone == [KickOutcome(request: "k", worker: client.id, state: .gone, after: 0)])
        scene.now = scene.now.advanced(byMilliseconds: 1_200)
        scene.connect(1, from: "10.0.0.1:6000")
        let back = try alice.hears(after: 100).compactMap(\.outcome)
        #expect(
            back == [
                KickOutcome(
                    request: "k", worker: client.id, state: .back, after: 1_300, sameAddress: true, epoch: client.epoch)
            ])
        #expect(try alice.hears(after: 100_000).isEmpty)
        let events = scene.observatory.events.newestFirst.filter { $0.by == "alice" }
        #expect(events.map(\.what) == [.followed, .kicked])
        #expect(events.map(\.reason) == ["back", "stuck run 4412"])
        #expect(events.first?.detail == "1.3 s after the kick, same address")
    }

    @Test func saysThatAWorkerStayedAway() throws {
        let alice = Operator(scene)
        let client = scene.connect(1)
        let (_, deeds) = try alice.say(
            .kick, args(client, #","clean_session":true,"fire_will":false"#), reason: "gone for good")
        #expect(deeds.count == 1)
        scene.disconnect(client, .kicked)
        #expect(try alice.hears(after: 59_999).compactMap(\.outcome).map(\.state) == [.gone])
        let away = try alice.hears(after: 1).compactMap(\.outcome)
        #expect(away == [KickOutcome(request: "1", worker: client.id, state: .away, after: 60_000)])
        #expect(scene.observatory.events.newest?.reason == "away")
    }

    @Test func refusesAConnectionThatWasNotTheOneListed() throws {
        let alice = Operator(scene)
        let client = scene.connect(1)
        let old = args(client)
        scene.disconnect(client)
        #expect(try alice.say(.kick, old, id: "1", reason: "x").answer.error?.code == .stale)
        scene.connect(1)
        let (answer, deeds) = try alice.say(.kick, old, id: "2", reason: "x")
        #expect(
            answer.error
                == AdminError(
                    .stale, "worker \(client.id) has reconnected since it was listed", field: "args.epoch"))
        #expect(deeds.isEmpty)
    }

    @Test func needsAReasonAndAWorker() throws {
        let alice = Operator(scene)
        let client = scene.connect(1)
        #expect(try alice.say(.kick, args(client), id: "1").answer.error?.field == "reason")
        let long = String(repeating: "x", count: 257)
        #expect(try alice.say(.kick, args(client), id: "2", reason: long).answer.error?.field == "reason")
        let unknown = #"{"worker":"nobody","epoch":1}"#
        #expect(try alice.say(.kick, unknown, id: "3", reason: "x").answer.error?.code == .notFound)
        #expect(scene.observatory.events.newestFirst.allSatisfy { $0.what != .kicked })
    }

    @Test func onlySaysWhatItWouldDoWhenAskedSo() throws {
        let alice = Operator(scene)
        let client = scene.connect(1)
        let text =
            #"{"v":1,"id":"1","cmd":"kick","args":\#(args(client)),"reason":"x","dry_run":true}"#
        let (answer, deeds) = try alice.say(text)
        #expect(answer.state == .done)
        #expect(deeds.isEmpty)
        #expect(scene.observatory.events.newest?.what == .connected)
    }
}
