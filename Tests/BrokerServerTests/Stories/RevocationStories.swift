import BrokerCore
import AdminProtocol
import Authority
import BrokerServer
import Foundation
import MQTT
import MQTTTransport
import TestSupport
import Testing

/// Rights that are taken back while somebody uses them. [T-34, G-11]
///
/// The broker looks twice a second, and what it saw it does in the same turn: by its own clock a second lies between its
/// seeing and the end of the session at most, however long the machine takes to tell the client. The bounds by the test's
/// clock leave room for a machine that does a hundred tests at once.
@Suite(.timeLimit(.minutes(3))) struct RevocationStories {
    @Test func aResetPoolsWorkersAreToldWithinASecondAndComeBackWithTheNewPaper() async throws {
        let station = try Station()
        let pool = try station.pool("eu")
        let log = try station.log()
        let server = try station.start({ $0.logLevel = .info }, logs: log.output)
        let id = ULIDGenerator.make().description
        let worker = station.client(server.target(pool.tls), id) {
            $0.cleanStart = false
            $0.sessionExpiry = 600
        }
        let inbox = Inbox(of: worker)
        _ = try await worker.connect()
        #expect(try await worker.subscribe(["spacelift/readonly/\(pool.id)/\(id)"]) == [1])
        let key = try KeyPair()
        let issued = try station.registrar.resetPool(
            pool.id, for: key.request, endpoint: Endpoint(host: "localhost", port: 1_984))
        // How long the disk took to write it down is not the broker's.
        let begin = ContinuousClock.now
        guard case .told(0x87, _) = try await inbox.ends(1)[0] else {
            Issue.record("not told: \(try await inbox.ends(1))")
            return
        }
        #expect(ContinuousClock.now - begin < .seconds(5))
        try await becomesTrue("the end is logged") { try log.text().contains(#""reason":"credential revoked""#) }
        let seen = try milliseconds(of: "the registry was read again", in: log.text())
        let gone = try milliseconds(of: "client gone", in: log.text())
        // A day has 86,400,000 of them, and the second may be the last of one. The one is a line of the server's own, the
        // other of the loop, and their clocks may round the same instant to two milliseconds.
        let passed = (gone - seen + 86_400_001) % 86_400_000 - 1
        #expect((-1...1_000).contains(passed), "seen at \(seen), gone at \(gone)")
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

    /// Of the day, as the broker's own clock said it in the last line with that message.
    private func milliseconds(of message: String, in log: String) throws -> Int {
        let line = try #require(log.split(separator: "\n").last { $0.contains("\"msg\":\"\(message)\"") })
        let stamp = try #require(line.split(separator: "T", maxSplits: 1).last).prefix(12)
        let parts = stamp.split { $0 == ":" || $0 == "." }.compactMap { Int($0) }
        try #require(parts.count == 4)
        return ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1_000 + parts[3]
    }

    /// What is put in place so that others can read it is refused, once; as soon as it is made private, it counts.
    @Test func aRevocationInAFileThatOthersCanReadCountsOnceItIsMadePrivate() async throws {
        let station = try Station()
        let pool = try station.pool("eu")
        let registry = station.directory.file("registry.json")
        let kept = station.directory.file("kept.json")
        #expect(link(registry, kept) == 0)
        try station.registrar.removePool(pool.id)
        let revoked = station.directory.file("revoked.json")
        #expect(rename(registry, revoked) == 0 && rename(kept, registry) == 0)
        let log = try station.log()
        let server = try station.start({ $0.logLevel = .info }, logs: log.output)
        let worker = station.client(server.target(pool.tls), ULIDGenerator.make().description)
        let inbox = Inbox(of: worker)
        _ = try await worker.connect()

        #expect(chmod(revoked, 0o644) == 0 && rename(revoked, registry) == 0)
        try await becomesTrue("it is refused") { try log.text().contains("the registry is left as it was") }
        #expect(chmod(registry, 0o600) == 0)
        guard case .told(0x87, _) = try await inbox.ends(1)[0] else {
            Issue.record("not told: \(try await inbox.ends(1))")
            return
        }
        #expect(try log.text().components(separatedBy: "the registry is left as it was").count == 2)
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
            try station.registrar.revokeCredential(name)
            let begin = ContinuousClock.now
            guard case .told(0x87, _) = try await inbox.ends(1)[0] else {
                Issue.record("\(name) was not told: \(try await inbox.ends(1))")
                return
            }
            #expect(ContinuousClock.now - begin < .seconds(5), "\(name)")
            await #expect(throws: ClientError.self) { try await client.connect() }
        }
    }
}
