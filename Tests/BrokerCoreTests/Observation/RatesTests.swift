import AdminProtocol
import Testing

@testable import BrokerCore

@Suite struct RatesTests {
    @Test func countsMessagesPerSecondOverThreeWindows() {
        let scene = Scene()
        let client = scene.connect(1)
        for _ in 0..<120 {
            client.receivedMessages += 5
            client.receivedBytes += 50
            client.sentMessages += 2
            scene.pass(seconds: 1)
        }
        let look = Look(observatory: scene.observatory, now: scene.now)
        let traffic = Traffic(client.meter, client.counts, second: look.second, isReceived: true)
        #expect(traffic == Traffic(messages: 600, bytes: 6_000, rate1s: 5, rate10s: 5, rate60s: 5, bytes10s: 50))
        #expect(look.overview().sent.rate10s == 2)
        scene.pass(seconds: 5)
        #expect(client.rates.received == 2.5)
        scene.pass(seconds: 100)
        #expect(client.meter == nil, "a client that is silent needs none")
        #expect(look.overview().received.messages == 600)
    }

    @Test func leavesOperatorsOutOfTheStatistics() {
        let scene = Scene()
        let admin = scene.connect(.admin(name: "alice", role: .operator), Array("console".utf8))
        admin.sentMessages += 100
        scene.connect(.backend(name: "platform"), Array("backend".utf8)).receivedMessages += 7
        scene.pass(seconds: 1)
        let overview = Look(observatory: scene.observatory, now: scene.now).overview()
        #expect(overview.sent.messages == 0)
        #expect(overview.received.messages == 7)
        #expect(overview.connections == 1)
        #expect(overview.workers == 0)
        #expect(overview.operators.map(\.name) == ["alice"])
    }

    @Test func keepsTwoRingsOfHistory() throws {
        let scene = Scene()
        let client = scene.connect(1)
        for _ in 0..<1_000 {
            client.receivedMessages += 3
            scene.pass(seconds: 1)
        }
        let look = Look(observatory: scene.observatory, now: scene.now)
        let seconds = try look.history(HistoryQuery(limit: 2_160))
        #expect(seconds.samples.count == 900)
        #expect(seconds.samples.allSatisfy { $0.received == 3 && $0.workers == 1 })
        #expect(seconds.samples.last?.at == scene.now.wall)
        let tens = try look.history(HistoryQuery(step: 10_000, limit: 2_160))
        #expect(tens.samples.count == 100)
        #expect(tens.samples.dropFirst().allSatisfy { $0.received == 30 })
        #expect(try look.history(HistoryQuery(limit: 5)).samples.count == 5)
        #expect(throws: AdminError.self) { try look.history(HistoryQuery(step: 7)) }
        #expect(throws: AdminError.self) { try look.history(HistoryQuery(limit: 0)) }
    }

    @Test func sumsTopicsIntoTheirShapes() {
        let scene = Scene()
        for worker in 0..<4 {
            let topic = scene.observatory.topic(named: Array("ns/writeonly/p/\(worker)".utf8))
            topic.messages += 10
            topic.bytes += 100
            topic.qos1 += 10
            topic.largest = 10 + worker
        }
        #expect(
            scene.observatory.topic(named: Array("ns/writeonly/p/1".utf8))
                === scene.observatory.topic(named: Array("ns/writeonly/p/1".utf8)))
        scene.pass(seconds: 1)
        let look = Look(observatory: scene.observatory, now: scene.now)
        let shapes = scene.observatory.topicSummaries(ofShape: nil, at: scene.now).map { TopicRow($0, look) }
        #expect(shapes.map(\.id) == ["ns/writeonly/p/+"])
        #expect(shapes.first?.topics == 4)
        #expect(shapes.first?.messages == 40)
        #expect(shapes.first?.rate10s == 4)
        #expect(shapes.first?.largest == 13)
        #expect(scene.observatory.topicSummaries(ofShape: "ns/writeonly/p/+", at: scene.now).count == 4)
        #expect(scene.observatory.topicSummaries(ofShape: "other/+", at: scene.now).isEmpty)
    }

    @Test func countsTopicsAboveTheBoundTogether() {
        let scene = Scene()
        for place in 0..<ObservationLimits.topics { _ = scene.observatory.topic(named: Array("t/\(place)".utf8)) }
        let one = scene.observatory.topic(named: Array("more/1".utf8))
        #expect(one === scene.observatory.topic(named: Array("more/2".utf8)))
    }

    @Test func fadesARateOfTheMinute() {
        var rate = MinuteRate()
        let start = Moment(nanoseconds: 60_000_000_000, wall: 0)
        rate.count(30, at: start)
        #expect(rate.perMinute(at: start) == 30)
        #expect(rate.perMinute(at: start.advanced(byMilliseconds: 90_000)) == 15)
        #expect(rate.perMinute(at: start.advanced(byMilliseconds: 180_000)) == 0)
    }
}
