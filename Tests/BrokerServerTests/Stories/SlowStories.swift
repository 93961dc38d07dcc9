import BrokerCore
import AdminProtocol
import Authority
import BrokerServer
import Glibc
import MQTT
import MQTTTransport
import TestSupport
import Testing

/// Receivers that do not keep up.
@Suite(.timeLimit(.minutes(3))) struct SlowStories {
    /// 12 MiB for a subscriber that reads nothing: more than the sockets between hold.
    @Test func aSubscriberThatNeverReadsHoldsNobodyUp() async throws {
        let station = try Station()
        let server = try station.start()
        let sleeper = try Loopback(port: server.openPort)
        try await sleeper.send(hex("10 [ <MQTT> 05 02 0000 {} <sleeper> ] 82 [ 0001 {} <flood> 00 ]"))
        #expect(try await sleeper.receive(9).first == 0x20)

        let publisher = station.client(server.openTarget, "publisher")
        _ = try await publisher.connect()
        let flood = ClientMessage(
            topic: Array("flood".utf8), payload: [UInt8](repeating: 0x61, count: 32_768), delivery: .atMostOnce)
        publisher.run { client in for _ in 0..<384 { client.publish(flood) } }

        let other = station.client(server.openTarget, "other")
        let inbox = Inbox(of: other)
        _ = try await other.connect()
        try await other.subscribe(["other"])
        try await other.publish(ClientMessage(topic: "other", payload: "at once"))
        _ = try await inbox.messages(1)
        // The publisher waits for the sleeper a moment, and not for ever. [T-25]
        #expect(try await publisher.publish(ClientMessage(topic: "last", payload: "")) < 0x80)
        await publisher.disconnect()
        await other.disconnect()
    }

    @Test func fiveHundredPublishesAtOnceAllArriveAtQoS1() async throws {
        let station = try Station()
        let server = try station.start()
        let reader = station.client(server.openTarget, "reader")
        let inbox = Inbox(of: reader)
        _ = try await reader.connect()
        try await reader.subscribe(["n"])
        let publisher = station.client(server.openTarget, "publisher")
        _ = try await publisher.connect()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<500 {
                let message = ClientMessage(topic: "n", payload: String(number))
                group.addTask { _ = try await publisher.publish(message) }
            }
            try await group.waitForAll()
        }
        let texts = try await inbox.messages(500).map { String(decoding: $0.payload, as: UTF8.self) }
        #expect(Set(texts) == Set((0..<500).map(String.init)))
    }

    /// [T-24, X-10] Twenty megabytes for somebody who reads nothing: it is ended, and others never notice.
    @Test func aSubscriberThatNeverReadsIsEnded() async throws {
        let station = try Station()
        let log = try station.log()
        let server = try station.start(
            {
                $0.logLevel = .info
                $0.limits.openOutbox = 1_048_576
                $0.limits.patience = 100
            }, logs: log.output)
        let sleeper = try Loopback(port: server.openPort)
        try await sleeper.send(hex("10 [ <MQTT> 05 02 0000 {} <sleeper> ] 82 [ 0001 {} <flood> 00 ]"))
        #expect(try await sleeper.receive(9).first == 0x20)
        try await flood(station, server.openTarget, "flood")
        try await becomesTrue("it is ended") { try log.text().contains("too slow") }
        #expect(try await sleeper.receiveToEnd(within: .seconds(60)).count > 0)
    }

    /// [T-24, X-10] The same for a real worker behind TLS that is stopped in the middle of its work.
    @Test func aStoppedWorkerIsEndedBehindTLSToo() async throws {
        let station = try Station()
        let pool = try station.poolInFiles("eu")
        let backend = try station.credential("platform", .backend)
        let log = try station.log()
        let server = try station.start({ $0.logLevel = .info }, logs: log.output)
        let id = ULIDGenerator.make().description
        let topic = "spacelift/readonly/\(pool.id)/\(id)"
        let worker = try ChildProcess(
            "stdbuf",
            [
                "-oL", "mosquitto_sub", "-h", "localhost", "-p", "\(server.endpoint.port)", "--cafile",
                pool.papers.authority, "--cert",
                pool.papers.certificate, "--key", pool.papers.key, "-V", "5", "-i", id, "-t", topic, "-q", "0", "-d",
            ])
        try await worker.says("Subscribed")
        worker.signal(SIGSTOP)
        try await flood(station, server.target(backend), topic)
        try await becomesTrue("it is ended") { try log.text().contains("too slow") }
        worker.signal(SIGKILL)
    }

    /// [T-18, G-13] Pings at full speed, and nobody who reads the answers.
    @Test func pingsWhoseAnswersNobodyReadsAreNotReadEither() async throws {
        let station = try Station()
        let log = try station.log()
        let server = try station.start(
            {
                $0.logLevel = .info
                $0.limits.outboxAge = 1_000
            }, logs: log.output)
        let pinger = try Loopback(port: server.openPort)
        try await pinger.send(hex("10 [ <MQTT> 04 02 003C <pinger> ]"))
        let pings = [[UInt8]](repeating: [0xC0, 0], count: 1 << 20).flatMap { $0 }
        // It ends when the broker closes: nobody takes 40 MB of pings.
        for _ in 0..<20 { try? await pinger.send(pings, within: .seconds(8)) }
        try await becomesTrue("it is ended") { try log.text().contains("too slow") }
    }

    /// Twenty megabytes, from somebody who waits for others as the broker asks.
    private func flood(_ station: Station, _ target: ClientTarget, _ topic: String) async throws {
        let publisher = station.client(target, "publisher")
        _ = try await publisher.connect()
        let message = ClientMessage(
            topic: Array(topic.utf8), payload: [UInt8](repeating: 0x61, count: 65_536), delivery: .atMostOnce)
        publisher.run { client in for _ in 0..<320 { client.publish(message) } }
        #expect(
            try await publisher.publish(
                ClientMessage(topic: Array(topic.utf8), payload: [], delivery: .atLeastOnce)) < 0x80)
        await publisher.disconnect()
    }
}
