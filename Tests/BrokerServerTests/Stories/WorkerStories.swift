import Authority
import BrokerCore
import BrokerServer
import MQTT
import MQTTTransport
import MessageQueue
import TestSupport
import Testing

/// Workers and the platform, over real TLS.
@Suite(.timeLimit(.minutes(3))) struct WorkerStories {
    // covers: MQTT-4.2.0-1 (5.0), MQTT-4.3.2-4 (5.0), MQTT-7.1.1-1 (3.1.1), MQTT-7.1.2-1 (3.1.1)
    @Test func workerAndPlatformTalkWithTheirCertificates() async throws {
        let station = try Station()
        let pool = try station.pool("eu")
        let backend = try station.credential("platform", .backend)
        let server = try station.start()
        let id = ULIDGenerator.make().description
        let toWorker = "spacelift/readonly/\(pool.id)/\(id)"
        let fromWorker = "spacelift/writeonly/\(pool.id)/\(id)"

        let worker = station.client(server.target(pool.tls), id)
        let inbox = Inbox(of: worker)
        _ = try await worker.connect()
        #expect(try await worker.subscribe([toWorker]) == [1])

        let platform = station.client(server.target(backend), "platform")
        let desk = Inbox(of: platform)
        _ = try await platform.connect()
        #expect(try await platform.subscribe(["spacelift/writeonly/#"]) == [1])
        #expect(try await platform.publish(ClientMessage(topic: toWorker, payload: "run")) == 0)
        #expect(try await inbox.messages(1).map(\.payload) == [Array("run".utf8)])
        #expect(try await worker.publish(ClientMessage(topic: fromWorker, payload: #"{"type":"heartbeat"}"#)) == 0)
        #expect(try await desk.messages(1).map(\.topic) == [Array(fromWorker.utf8)])

        // PUBACK came, so the message is on the disk.
        let store = try SQLiteStore(station.directory.file("queue.sqlite"))
        #expect(try store.contents(at: WallClock.now()).depth == 1)
        store.close()
    }

    @Test func anotherWorkersTopicIsRefused() async throws {
        let station = try Station()
        let pool = try station.pool("eu")
        let server = try station.start()
        let worker = station.client(server.target(pool.tls), ULIDGenerator.make().description)
        _ = try await worker.connect()
        let foreign = "spacelift/readonly/\(pool.id)/\(ULIDGenerator.make())"
        #expect(try await worker.subscribe([foreign]) == [0x87])
    }

    @Test func aCertificateNobodyEnteredGetsNowhere() async throws {
        let station = try Station()
        let server = try station.start()
        let client = station.client(server.target(try station.stranger()), ULIDGenerator.make().description)
        await #expect(throws: ClientError.self) { try await client.connect() }
    }

    @Test func withoutACertificateThereIsNoMQTT() async throws {
        let station = try Station()
        let server = try station.start()
        let bare = try ClientTLS(
            certificate: nil, key: nil, trust: Array(station.registrar.authority.workers.certificatePEM.utf8))
        let client = station.client(server.target(bare), "x")
        await #expect(throws: ClientError.self) { try await client.connect() }
    }

    /// [T-34]
    @Test func removingAPoolEndsItsConnectionsWithinASecond() async throws {
        let station = try Station()
        let pool = try station.pool("eu")
        let server = try station.start()
        let worker = station.client(server.target(pool.tls), ULIDGenerator.make().description)
        let inbox = Inbox(of: worker)
        _ = try await worker.connect()
        try station.registrar.removePool(pool.id)
        // How long the disk took to write it down is not the broker's; the rest is room for a slow machine. What the
        // broker's own clock says of the second is asked where pools are reset.
        let begin = ContinuousClock.now
        _ = try await inbox.ends(1)
        #expect(ContinuousClock.now - begin < .seconds(5))
        await #expect(throws: ClientError.self) { try await worker.connect() }
    }

    @Test func aPoolAddedWhileTheBrokerRunsIsLetIn() async throws {
        let station = try Station()
        let server = try station.start()
        let pool = try station.pool("late")
        try await becomesTrue("the new pool's worker is let in") {
            let worker = station.client(server.target(pool.tls), ULIDGenerator.make().description)
            guard (try? await worker.connect()) != nil else { return false }
            await worker.disconnect()
            return true
        }
    }

    @Test func operatorsComeInByTheirOwnDoorOnly() async throws {
        let station = try Station()
        let tls = try station.credential("alice", .operator)
        let server = try station.start { $0.adminListen = HostAndPort(host: "127.0.0.1", port: 0) }
        await #expect(throws: ClientError.self) { try await station.client(server.target(tls), "a").connect() }
        let port = try #require(server.adminListen?.port)
        let alice = station.client(.tls(host: "localhost", port: port, tls), "a")
        _ = try await alice.connect()
        #expect(
            try await alice.subscribe(["$CONTROL/broker/v1/response", "spacelift/#"]).map { $0 >= 0x80 } == [
                false, true,
            ])
        await alice.disconnect()
    }
}
