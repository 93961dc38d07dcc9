import Authority
import BrokerCore
import BrokerServer
import MQTT
import MQTTTransport
import NIOPosix
import TestSupport
import Testing

/// Those who fail again and again, and those who stand beside them. [T-22]
///
/// `SIGNALBOX_TEST_BAD_CONNECTS=5000` of them a second, for `SIGNALBOX_TEST_BAD_SECONDS=60`, are the catalogue's.
@Suite(.timeLimit(.minutes(3)), .serialized) struct PenaltyStories {
    private static let rate = Scale.number("SIGNALBOX_TEST_BAD_CONNECTS", 300)
    private static let seconds = Scale.number("SIGNALBOX_TEST_BAD_SECONDS", 2)

    /// A deployment with an old certificate dials as soon as it is refused; the pod beside it has a good one.
    @Test func aLoopWithABadCertificateIsSlowedDownAndItsNeighbourIsNot() async throws {
        let station = try Station()
        let pool = try station.pool("eu")
        let stranger = try station.stranger()
        let server = try station.start {
            $0.limits.failuresPerIdentity = 2
            $0.limits.longestPenalty = 400
            $0.instrumentation = InstrumentationOptions(listen: HostAndPort(host: "127.0.0.1", port: 0))
        }
        let neighbour = station.client(server.target(pool.tls), ULIDGenerator.make().description)
        let began = ContinuousClock.now
        for turn in 0..<6 {
            let bad = station.client(server.target(stranger), "bad")
            await #expect(throws: ClientError.self) { try await bad.connect() }
            if turn == 3 { _ = try await neighbour.connect() }
        }
        // All but the first were kept waiting.
        #expect(ContinuousClock.now - began >= .milliseconds(5 * 400))
        #expect(try await server.scraped().denied == ["connect.credential": 6])
        await neighbour.disconnect()
    }

    /// A worker whose configuration is wrong is refused with the reason, and then later and later with another.
    @Test func aWorkerThatIsRefusedAgainAndAgainIsToldToComeBackLater() async throws {
        let station = try Station()
        let pool = try station.pool("eu")
        let server = try station.start {
            $0.limits.failuresPerIdentity = 3
            $0.limits.longestPenalty = 1_000
            $0.instrumentation = InstrumentationOptions(listen: HostAndPort(host: "127.0.0.1", port: 0))
        }
        func dial() async -> UInt8? {
            do {
                _ = try await station.client(server.target(pool.tls), "no-ulid").connect()
                return 0
            } catch ClientError.refused(let code, _) {
                return code
            } catch {
                return nil
            }
        }
        /// How often it is heard before it is told to come later: never, but where an attempt takes as long as a penalty.
        func heardBeforeThePenalty() async -> Int {
            for heard in 0..<10 {
                let answer = await dial()
                if answer == 0x9F { return heard }
                #expect(answer == 0x85)
            }
            Issue.record("it is heard however often it fails")
            return 10
        }
        for _ in 0..<3 { #expect(await dial() == 0x85) }
        let began = ContinuousClock.now
        var heard = 3
        heard += await heardBeforeThePenalty()
        #expect(await dial() == 0x85)
        heard += 1
        heard += await heardBeforeThePenalty()
        // The first wait has begun before the clock did.
        #expect(ContinuousClock.now - began >= .milliseconds(1_000))
        #expect(try await server.scraped().denied == ["connect.client-id": heard, "connect.penalty": 2])
    }

    /// A flood from one address, a loop of bad papers from another, and workers that go on as if nothing were.
    @Test func thousandsOfBadConnectsAreCountedAndLeaveTheGoodOnesAlone() async throws {
        let station = try Station()
        let pool = try station.pool("eu")
        let stranger = try station.stranger()
        let server = try station.start {
            $0.limits.failuresPerSource = 200
            // Far fewer than come: a machine that takes its time for each is to refuse some as well.
            $0.limits.failuresPerSecond = min(100, PenaltyStories.rate / 15)
            $0.instrumentation = InstrumentationOptions(listen: HostAndPort(host: "127.0.0.1", port: 0))
        }
        let workers = (0..<10).map { _ in ULIDGenerator.make().description }.map { id in
            (client: station.client(server.target(pool.tls), id), topic: "spacelift/writeonly/\(pool.id)/\(id)")
        }
        for worker in workers { _ = try await worker.client.connect() }
        let (port, rate, seconds) = (server.workersPort, PenaltyStories.rate, PenaltyStories.seconds)
        let quiet = try await heartbeats(of: workers, for: .seconds(min(seconds, 5)))
        let bad = station.client(server.target(stranger), "bad")
        async let flood = NIOThreadPool.singleton.runIfActive {
            try PenaltyStories.flood(port, rate: rate, seconds: seconds)
        }
        async let loop = insist(bad, for: .seconds(seconds))
        let loud = try await heartbeats(of: workers, for: .seconds(seconds))
        let (sockets, attempts) = try await (flood, loop)

        var scraped = Scraped()
        try await becomesTrue("\(sockets) sockets and \(attempts) attempts are counted, and not \(scraped)") {
            scraped = try await server.scraped()
            return scraped.total == sockets + attempts
        }
        #expect(scraped.denied.keys.sorted() == ["connect.credential"])
        #expect(scraped.refused.keys.sorted() == ["failures_of_address"], "nobody else is refused at the door")
        let next = station.client(server.target(pool.tls), ULIDGenerator.make().description)
        _ = try await next.connect()
        await next.disconnect()
        for worker in workers { await worker.client.disconnect() }
        let (before, during) = (quiet.percentile(99), loud.percentile(99))
        Scale.report(
            "T-22: \(sockets / max(1, seconds)) bad CONNECT/s for \(seconds) s and \(attempts) of a bad certificate; "
                + "heartbeats \(quiet.count) and \(loud.count), p99 \(before.inMilliseconds) before, "
                + "\(during.inMilliseconds) meanwhile")
    }

    /// How many sockets there were; returns when all are closed.
    private static func flood(_ port: UInt16, rate: Int, seconds: Int) throws -> Int {
        let connect = hex("10 [ <MQTT> 05 02 003C {} <worker> ]")
        let crowd = Crowd()
        let began = ContinuousClock.now
        var dialled = 0
        while true {
            let passed = ContinuousClock.now - began
            let isOver = passed >= .seconds(seconds)
            if isOver, crowd.count == 0 { return dialled }
            if passed > .seconds(seconds + 60) { throw Overdue(description: "\(crowd.count) sockets are not closed") }
            let due = min(Double(seconds), passed / .seconds(1)) * Double(rate)
            while !isOver, dialled < Int(due), crowd.count < 2_000 {
                try crowd.dial(port, from: 3, saying: connect)
                dialled += 1
            }
            crowd.look(2)
        }
    }

    private func insist(_ client: MQTTClient, for span: Duration) async throws -> Int {
        let began = ContinuousClock.now
        var attempts = 0
        while ContinuousClock.now - began < span {
            attempts += 1
            _ = try? await client.connect()
        }
        return attempts
    }

    /// How long each took from PUBLISH to PUBACK, which is a commit of the queue.
    private func heartbeats(of workers: [(client: MQTTClient, topic: String)], for span: Duration) async throws
        -> [Duration]
    {
        try await withThrowingTaskGroup(of: [Duration].self) { group in
            for worker in workers {
                group.addTask {
                    let began = ContinuousClock.now
                    var times: [Duration] = []
                    while ContinuousClock.now - began < span {
                        let sentAt = ContinuousClock.now
                        let answer = try await worker.client.publish(ClientMessage(topic: worker.topic, payload: "{}"))
                        guard answer == 0 else { throw Overdue(description: "PUBACK \(answer)") }
                        times.append(ContinuousClock.now - sentAt)
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}

/// What of a scrape is asked for here: counters that are not zero, by their one label.
private struct Scraped {
    var denied: [String: Int] = [:]
    var refused: [String: Int] = [:]

    var total: Int { denied.values.reduce(0, +) + refused.values.reduce(0, +) }
}

extension BrokerServer {
    fileprivate func scraped() async throws -> Scraped {
        let socket = try Loopback(port: UInt16(clamping: instrumentation?.port ?? 0))
        try await socket.send(Array("GET /metrics HTTP/1.0\r\nConnection: close\r\n\r\n".utf8))
        let answer = try await String(decoding: socket.receiveToEnd(), as: UTF8.self)
        guard let head = answer.firstRange(of: "\r\n\r\n") else { throw Overdue(description: "a scrape: \(answer)") }
        var scraped = Scraped()
        for sample in try ExpositionFormat(String(answer[head.upperBound...])).samples where sample.value > 0 {
            switch sample.name {
            case "signalbox_denials_total": scraped.denied[sample.labels["rule"] ?? ""] = Int(sample.value)
            case "signalbox_sockets_refused_total": scraped.refused[sample.labels["reason"] ?? ""] = Int(sample.value)
            default: break
            }
        }
        return scraped
    }
}
