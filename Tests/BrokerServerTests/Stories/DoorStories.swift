import BrokerCore
import AdminProtocol
import Authority
import BrokerServer
import MQTT
import MQTTTransport
import TestSupport
import Testing

/// Those who stand at the door and do not say who they are.
@Suite(.timeLimit(.minutes(3))) struct DoorStories {
    /// [T-02, SD-7] One address holds a part of the room only; it has it back as soon as somebody introduces himself.
    @Test func strangersOfOneAddressLeaveRoomForOthers() async throws {
        let station = try Station()
        // No deadline stands beside the bound: what closes here is refused.
        let server = try station.start { ($0.limits.strangersPerSource, $0.connectDeadline) = (5, 60_000) }
        let strangers = try (0..<5).map { _ in try Loopback(port: server.openPort, from: 2) }
        // The broker accepts in order, so an answer to the last says that all were seen.
        let other = station.client(server.openTarget, "other")
        _ = try await other.connect()
        for port in [server.openPort, server.workersPort] {
            let refused = try Loopback(port: port, from: 2)
            #expect(try await refused.receiveToEnd(within: .seconds(30)) == [])
        }
        try await strangers[0].send(hex("10 [ <MQTT> 04 02 003C <known> ]"))
        #expect(try await strangers[0].receive(4) == hex("20 02 0000"))
        let next = try Loopback(port: server.openPort, from: 2)
        try await next.send(hex("10 [ <MQTT> 04 02 003C <next> ]"))
        #expect(try await next.receive(4) == hex("20 02 0000"))
        await other.disconnect()
    }

    /// [T-72] One at a time is heard of an address that storms with good connections; somebody of another address does not
    /// wait with it.
    @Test func theStormOfOneAddressKeepsNobodyElseWaiting() async throws {
        let station = try Station()
        let server = try station.start {
            ($0.limits.strangersAtOnce, $0.limits.introductions, $0.connectDeadline) = (2, 1, 60_000)
        }
        let accepted = hex("20 02 0000")
        let silent = try Loopback(port: server.openPort, from: 2)
        let first = try Loopback(port: server.openPort, from: 2)
        try await first.send(hex("10 [ <MQTT> 04 02 003C <first> ]"))
        #expect(try await first.receive(4) == accepted)
        let storm = try (0..<60).map { _ in try Loopback(port: server.openPort, from: 2) }
        let other = try Loopback(port: server.openPort, from: 3)
        try await other.send(hex("10 [ <MQTT> 04 02 003C <other> ]"))
        // They go on as fast as is needed to be a storm: for seconds, if nobody else is let in before. The silent one stays
        // at the door, so that there is room for one at a time.
        var introduced = 0
        while introduced < storm.count, !other.hasSomething {
            try await storm[introduced].send(hex("10 [ <MQTT> 04 02 003C <\(introduced)> ]"))
            #expect(try await storm[introduced].receive(4) == accepted)
            introduced += 1
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(introduced < storm.count)
        #expect(try await other.receive(4) == accepted)
        // Who waits when the broker stops is let go.
        station.stop()
        for socket in storm.dropFirst(introduced) + [silent] { #expect(try await socket.receiveToEnd() == []) }
    }

    /// [T-22, SD-7] Before TLS, and for that address alone; counted in the log and told as an event.
    @Test func anAddressWhoseAttemptsFailIsSlowedDownBeforeTLS() async throws {
        let station = try Station()
        let pool = try station.pool("eu")
        let log = try station.log()
        let server = try station.start(
            {
                $0.limits.failuresPerSource = 3
                $0.limits.failuresPerSecond = 1
            }, logs: log.output)
        let id = ULIDGenerator.make().description
        let worker = station.client(server.target(pool.tls), id)
        _ = try await worker.connect()
        // Once it is slowed down, TLS does not even begin.
        try await becomesTrue(within: .seconds(30), "it is refused at the door") {
            let bad = try Loopback(port: server.workersPort, from: 3)
            try await bad.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
            _ = try await bad.receiveToEnd()
            return try log.text().contains("refused at the door")
        }
        #expect(try log.text().contains("too many failed connections from this address"))
        let topic = "spacelift/writeonly/\(pool.id)/\(id)"
        #expect(try await worker.publish(ClientMessage(topic: topic, payload: "{}")) == 0)
        let good = station.client(server.target(pool.tls), ULIDGenerator.make().description)
        _ = try await good.connect()
        await good.disconnect()
        await worker.disconnect()
    }

    /// [T-02] Anybody may call where administrators do; those who never show a certificate hold neither their door nor the
    /// workers' room.
    @Test func silentSocketsAtTheAdministratorsDoorGoWhenMoreCome() async throws {
        let station = try Station()
        let papers = try station.credential("ann", .operator)
        let server = try station.start {
            $0.adminListen = .init(host: "127.0.0.1", port: 0)
            $0.connectDeadline = 60_000
        }
        let port = UInt16(server.adminListen?.port ?? 0)
        let silent = try (0..<40).map { _ in try Loopback(port: port) }
        // Long before their deadline would end them.
        for socket in silent.prefix(24) { #expect(try await socket.receiveToEnd(within: .seconds(30)) == []) }
        #expect(silent.suffix(16).allSatisfy { !$0.hasSomething })
        _ = try await station.client(.tls(host: "127.0.0.1", port: Int(port), papers), "ann").connect()
        #expect(try await silent[24].receiveToEnd(within: .seconds(30)) == [])
    }

    /// [T-40] An address proves nothing: this machine's own is treated as any other.
    @Test func loopbackAloneGivesNoRights() async throws {
        let station = try Station()
        let server = try station.start { $0.adminListen = .init(host: "127.0.0.1", port: 0) }
        for port in [server.workersPort, UInt16(server.adminListen?.port ?? 0)] {
            let socket = try Loopback(port: port)
            try await socket.send(hex("10 [ <MQTT> 04 02 003C <local> ]"))
            #expect(try await !socket.receiveToEnd().starts(with: [0x20]))
        }
        let bare = try ClientTLS(
            certificate: nil, key: nil, trust: Array(station.registrar.authority.workers.certificatePEM.utf8))
        await #expect(throws: ClientError.self) { try await station.client(server.target(bare), "x").connect() }
    }
}
