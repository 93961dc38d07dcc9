import AdminProtocol
import Testing

@testable import BrokerCore

@Suite struct DenialLedgerTests {
    @Test func mergesEqualRefusalsOfOneClient() throws {
        let scene = Scene()
        let client = scene.connect(1)
        for _ in 0..<12 {
            scene.deny(client)
            scene.pass(seconds: 10)
        }
        scene.deny(client, topic: "a/other")
        let entries = scene.observatory.denials.newestFirst
        #expect(entries.map(\.count) == [1, 12])
        let row = DenialRow(try #require(entries.last), Look(observatory: scene.observatory, now: scene.now))
        #expect(row.lastAt - row.firstAt == 110_000)
        #expect(row.samples.count == 5)
        #expect(row.samples.first == row.lastAt)
        #expect(row.principal == "worker")
        #expect(row.client == client.id)
        #expect(row.poolName == "eu-terraform")
        #expect((5.0...7.0).contains(row.perMinute))
        #expect(client.story.denied == 13)
        #expect(client.story.lastDenial == "subscribe a/other: not-own-pool")
    }

    @Test func mergesUnknownPeersByTheirHost() {
        let scene = Scene()
        for port in 0..<50 { scene.deny(topic: nil, address: "10.0.0.9:\(port)") }
        scene.deny(topic: nil, address: "10.0.0.8:1")
        #expect(scene.observatory.denials.newestFirst.map(\.count) == [1, 50])
    }

    /// [T-47] One loud client pushes nobody else's refusals out, and the totals are exact.
    @Test func letsOneClientHoldNoMoreThanItsPart() {
        let scene = Scene()
        let quiet = scene.connect(2)
        scene.deny(quiet)
        let loud = scene.connect(1)
        for place in 0..<1_000 { scene.deny(loud, topic: "t/\(place)") }
        let entries = scene.observatory.denials.newestFirst
        #expect(entries.count == 201)
        #expect(entries.contains { $0.denial.client === quiet })
        #expect(scene.observatory.denials.total == 1_001)
        #expect(loud.story.denied == 1_000)
    }

    @Test func isBoundedInAll() {
        let scene = Scene()
        for place in 0..<10_100 { scene.deny(topic: nil, address: "10.\(place / 250).\(place % 250).1:1") }
        #expect(scene.observatory.denials.count == ObservationLimits.denials)
        #expect(scene.observatory.denials.total == 10_100)
    }

    /// [T-47] What a stranger calls itself is kept as far as it is shown.
    @Test func keepsNoLongNames() throws {
        var ledger = DenialLedger()
        let name = [UInt8](repeating: 0x61, count: 65_535)
        let entry = ledger.add(
            Denial(
                principal: .open, clientID: name, address: "10.0.0.1:1", action: .publish, topic: name, rule: "open.id",
                reason: "too long", outcome: "closed"), at: Moment(nanoseconds: 0, wall: 0))
        #expect(entry.denial.clientID.count == ObservationLimits.shownBytes)
        #expect(entry.denial.topic?.count == ObservationLimits.shownBytes)
    }

    @Test func tellsOfARetryLoopOnceAMinute() {
        let scene = Scene()
        let client = scene.connect(1)
        for _ in 0..<130 {
            scene.deny(client)
            scene.pass(seconds: 1)
        }
        let told = scene.observatory.events.newestFirst.filter { $0.what == .denied }
        #expect(told.map(\.detail) == ["subscribe a/b (x121)", "subscribe a/b (x61)", "subscribe a/b"])
        for place in 0..<100 { scene.deny(client, topic: "t/\(place)") }
        #expect(scene.observatory.events.newestFirst.filter { $0.what == .denied }.count == 23)
        #expect(client.story.denied == 230)
    }
}
