import AdminProtocol
import BrokerServer
import MQTT
import MQTTTransport
import TestSupport
import Testing

/// What arrives at a port that is open to the world.
@Suite(.timeLimit(.minutes(3))) struct HostileStories {
    /// [T-02]
    @Test(arguments: [[], hex("10"), hex("10 2A 0004 'MQ'")])
    func halfAConnectAndSilenceIsClosedInTime(bytes: [UInt8]) async throws {
        let station = try Station()
        let server = try station.start { $0.connectDeadline = 200 }
        let socket = try Loopback(port: server.openPort)
        try await socket.send(bytes)
        #expect(try await socket.receiveToEnd() == [])
    }

    /// The same deadline covers TLS. [T-21]
    @Test func aHandshakeThatNeverEndsIsClosedInTime() async throws {
        let station = try Station()
        let server = try station.start { $0.connectDeadline = 200 }
        let socket = try Loopback(port: server.workersPort)
        try await socket.send(hex("16 03 01 00"))
        #expect(try await socket.receiveToEnd() == [])
    }

    /// [T-01]
    @Test func threeHundredMegabytesAreNotWaitedFor() async throws {
        let station = try Station()
        let server = try station.start { $0.connectDeadline = 60_000 }
        let socket = try Loopback(port: server.openPort)
        // A CONNECT of 314,572,799 bytes cannot be said: four bytes of length end at 268,435,455.
        try await socket.send(hex("10 FF FF FF 7F 00"))
        let answer = try await socket.receiveToEnd(within: .seconds(30))
        #expect(answer.count < 16)
    }

    @Test(arguments: [
        Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8), [UInt8](repeating: 0, count: 4_096),
        [UInt8](repeating: 0xFF, count: 70_000),
    ])
    func garbageIsClosedAndNobodyElseNotices(bytes: [UInt8]) async throws {
        let station = try Station()
        let server = try station.start { $0.connectDeadline = 60_000 }
        let client = station.client(server.openTarget, "good")
        _ = try await client.connect()
        for port in [server.openPort, server.workersPort] {
            let socket = try Loopback(port: port)
            try await socket.send(bytes)
            _ = try await socket.receiveToEnd(within: .seconds(30))
        }
        #expect(try await client.publish(ClientMessage(topic: "a", payload: "still here")) < 0x80)
    }

    /// [SD-16]
    @Test func aScanIsSummedUpInTheLog() async throws {
        let station = try Station()
        let log = try station.log()
        let server = try station.start({ $0.logLevel = .info }, logs: log.output)
        try await becomesTrue(within: .seconds(30), "the sum is in the log") {
            let sockets = try (0..<20).map { _ in try Loopback(port: server.workersPort) }
            for socket in sockets { try await socket.send(Array("GET / HTTP/1.1\r\n\r\n".utf8)) }
            for socket in sockets { _ = try await socket.receiveToEnd() }
            return try log.text().contains("more were turned away")
        }
        let line = try #require(try log.text().split(separator: "\n").first { $0.contains("\"turned away\"") })
        #expect(line.contains("it speaks HTTP, not TLS"))
    }

    /// The seeds make the run repeatable; what is asked is that the broker lives.
    @Test func livesThroughRandomBytesOnAllPorts() async throws {
        let station = try Station()
        let server = try station.start { $0.connectDeadline = 300 }
        for seed in UInt64(1)...40 {
            var random = SeededRandom(seed: seed)
            let socket = try Loopback(port: seed % 2 == 0 ? server.openPort : server.workersPort)
            // Half of them begin like a client that is let in.
            var bytes = seed % 4 == 0 ? hex("10 [ <MQTT> 05 02 003C {} <r> ]") : []
            for _ in 0..<Int.random(in: 1...2_000, using: &random) {
                bytes.append(.random(in: .min ... .max, using: &random))
            }
            try await socket.send(bytes)
        }
        // Its deadline is as short as theirs: a machine that stands still for a moment lets it try again.
        let client = station.client(server.openTarget, "good")
        try await becomesTrue("somebody else is let in") { (try? await client.connect()) != nil }
        await client.disconnect()
    }
}
