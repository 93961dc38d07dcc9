import BrokerCore
import AdminProtocol
import Authority
import BrokerServer
import MQTT
import MQTTTransport
import TestSupport
import Testing

/// Rights that are taken back while somebody uses them. [T-34, G-11]
///
/// The broker looks twice a second; the bounds here leave room for a machine that does a hundred tests at once.
@Suite(.timeLimit(.minutes(1))) struct RevocationStories {
    @Test func aResetPoolsWorkersAreToldWithinASecondAndComeBackWithTheNewPaper() async throws {
        let station = try Station()
        let pool = try station.pool("eu")
        let server = try station.start()
        let id = ULIDGenerator.make().description
        let worker = station.client(server.target(pool.tls), id) {
            $0.cleanStart = false
            $0.sessionExpiry = 600
        }
        let inbox = Inbox(of: worker)
        _ = try await worker.connect()
        #expect(try await worker.subscribe(["spacelift/readonly/\(pool.id)/\(id)"]) == [1])
        let key = try KeyPair()
        let begin = ContinuousClock.now
        let issued = try station.registrar.resetPool(
            pool.id, for: key.request, endpoint: Endpoint(host: "localhost", port: 1_984))
        guard case .told(0x87, _) = try await inbox.ends(1)[0] else {
            Issue.record("not told: \(try await inbox.ends(1))")
            return
        }
        #expect(ContinuousClock.now - begin < .seconds(5))
        await #expect(throws: ClientError.self) { try await worker.connect() }
        // What it had is forgotten: the new paper finds no session of the old one.
        let tls = try ClientTLS(
            certificate: Array(issued.certificate.pem.utf8), key: Array(key.privateKeyPEM.utf8),
            trust: Array(station.registrar.authority.workers.certificatePEM.utf8))
        let again = station.client(server.target(tls), id) {
            $0.cleanStart = false
            $0.sessionExpiry = 600
        }
        #expect(try await again.connect().sessionPresent == false)
        await again.disconnect()
    }

    @Test func aRevokedPlatformAndARevokedOperatorAreToldWithinASecond() async throws {
        let station = try Station()
        let backend = try station.credential("platform", .backend)
        let alice = try station.credential("alice", .operator)
        let server = try station.start { $0.adminListen = .init(host: "127.0.0.1", port: 0) }
        let port = try #require(server.adminListen?.port)
        for (name, target) in [
            ("platform", server.target(backend)), ("alice", ClientTarget.tls(host: "localhost", port: port, alice)),
        ] {
            let client = station.client(target, name)
            let inbox = Inbox(of: client)
            _ = try await client.connect()
            let begin = ContinuousClock.now
            try station.registrar.revokeCredential(name)
            guard case .told(0x87, _) = try await inbox.ends(1)[0] else {
                Issue.record("\(name) was not told: \(try await inbox.ends(1))")
                return
            }
            #expect(ContinuousClock.now - begin < .seconds(5), "\(name)")
            await #expect(throws: ClientError.self) { try await client.connect() }
        }
    }
}
