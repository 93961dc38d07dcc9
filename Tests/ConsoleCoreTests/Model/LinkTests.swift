import AdminProtocol
import ConsoleCore
import Testing

@Suite struct LinkTests {
    @Test func asksForEverythingTheScreenNeedsWhenTheLinkIsUp() throws {
        var desk = Desk()
        desk.answers = false
        try desk.tell(.linkUp)
        #expect(
            desk.sent.map(\.cmd) == ["hello", "history.get", "watch.open", "watch.open", "watch.open"])
        let names = try desk.requests(.watchOpen).map { try #require($0.args).decoded(as: WatchQuery.self).watch }
        #expect(names == ["overview", "side.pools", "side.events"])
        #expect(Set(desk.sent.map(\.id)).count == 5)
    }

    @Test func closesTheWatchOfAViewThatIsLeft() throws {
        var desk = try Desk.live()
        try desk.press(.character("2"))
        let closed = try desk.requests(.watchClose).map { try #require($0.args).decoded(as: WatchName.self).watch }
        #expect(Set(closed) == ["side.pools", "side.events"])
        #expect(try desk.requests(.watchOpen).last?.args?.decoded(as: WatchQuery.self).what == .pools)
    }

    @Test func measuresTheWayToTheBrokerAndItsClock() throws {
        var desk = Desk()
        desk.answers = false
        try desk.tell(.linkUp)
        let hello = try #require(desk.requests(.hello).first)
        desk.now += 40
        try desk.tell(
            .answered(Answer(id: hello.id, state: .done, result: JSON.encoding(desk.hello), at: desk.now + 3020)))
        #expect(desk.row(0).contains("rtt 40ms skew +3.0s"))
    }

    @Test func keepsTheLastPictureWhenTheBrokerIsLost() throws {
        var desk = try Desk.live()
        try desk.press(.character("3"))
        try desk.tell(.linkDown(reason: "connection refused", attempt: 4, retryIn: 3000))
        desk.now += 1
        let frame = desk.frame()
        #expect(desk.row(0).contains("OFFLINE 0.0s , retry 4 in 3s │ as of 12:04:31"))
        #expect(desk.text().contains("..90QP"))
        #expect(frame[10, 5].style.dimmed)
        #expect(!frame[10, 0].style.dimmed)
        #expect(desk.status == "connection lost: connection refused")
        try desk.press(.character("K"))
        #expect(desk.status == "not while the broker is out of reach")
        #expect(desk.changing.isEmpty)
    }

    @Test func findsTheBrokerAgainAndSaysHowLongItWasGone() throws {
        var desk = try Desk.live()
        try desk.tell(.linkDown(reason: "closed", attempt: 1, retryIn: 1000))
        try desk.pass(17_000)
        try desk.tell(.linkUp)
        #expect(desk.status == "the broker is back after 17s")
        #expect(desk.row(0).contains("live 12:04:48"))
        #expect(desk.requests(.hello).count == 2)
        #expect(desk.requests(.historyGet).count == 2)
    }

    @Test func showsAGapInTheGraphsForTheTimeThatWasNotHeard() throws {
        var desk = try Desk.live()
        try desk.tell(.linkDown(reason: "closed", attempt: 1, retryIn: 1000))
        desk.now += 10_000
        desk.answers = false
        try desk.tell(.linkUp)
        desk.overview.now = desk.now
        desk.overview.sample.at = desk.now
        try desk.pushAll()
        let graph = desk.row(5)
        #expect(graph.contains("         "), "nine seconds of nothing: \(graph)")
    }

    @Test func saysThatTheBrokerWasRestarted() throws {
        var desk = try Desk.live()
        desk.hello.instance = "b"
        try desk.pass(5000)
        #expect(desk.status.hasPrefix("the broker has been restarted at"))
        #expect(desk.requests(.watchOpen).count == 6)
    }

    @Test func asksForTheWholeAgainWhenAMessageIsMissing() throws {
        var desk = try Desk.live()
        let before = desk.requests(.watchSet).count
        let old = try JSON.encoding(desk.overview)
        desk.overview.workers = 500
        let new = try JSON.encoding(desk.overview)
        let delta = old.delta(to: new)
        try desk.tell(.streamed(StreamMessage(watch: "overview", seq: 2, at: desk.now, delta: delta)))
        #expect(desk.row(1).hasPrefix("workers 500"))
        desk.answers = false
        try desk.tell(.streamed(StreamMessage(watch: "overview", seq: 4, at: desk.now, delta: delta)))
        #expect(desk.requests(.watchSet).count == before + 1)
        #expect(desk.status == "a message of the broker is missing: asked for the whole again")
        // Deltas upon what is not known are not taken for anything.
        try desk.tell(.streamed(StreamMessage(watch: "overview", seq: 5, at: desk.now, delta: delta)))
        #expect(desk.requests(.watchSet).count == before + 1)
    }

    @Test func saysSoWhenItDoesNotUnderstandTheBroker() throws {
        var desk = try Desk.live()
        try desk.tell(.streamed(StreamMessage(watch: "overview", seq: 9, at: desk.now, snapshot: .array([]))))
        #expect(desk.status == "the broker sent something this console does not understand (overview)")
    }

    @Test func saysThatALinkIsSilent() throws {
        var desk = try Desk.live()
        desk.answers = false
        try desk.pass(4000)
        #expect(desk.row(0).contains("SILENT 4.0s"))
    }
}
