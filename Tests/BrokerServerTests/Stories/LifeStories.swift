import AdminProtocol
import Authority
import BrokerServer
import Foundation
import MQTT
import MQTTTransport
import TestSupport
import Testing

/// Starting, stopping, and what stands in the way.
@Suite(.timeLimit(.minutes(3))) struct LifeStories {
    @Test func tellsItsClientsBeforeItGoes() async throws {
        let station = try Station()
        let server = try station.start()
        let client = station.client(server.openTarget, "a")
        let inbox = Inbox(of: client)
        _ = try await client.connect()
        station.stop()
        guard case .told(0x8B, _) = try await inbox.ends(1)[0] else {
            Issue.record("not told: \(try await inbox.ends(1))")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: server.configuration.adminSocket))
        #expect(!FileManager.default.fileExists(atPath: station.directory.file("listening.json")))
    }

    @Test func startsAgainOverTheSocketOfAKilledBroker() throws {
        let station = try Station()
        let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = station.configuration.adminSocket
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(dead, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        close(dead)
        #expect(bound == 0)
        try station.start()
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func leavesWhatIsNoSocketWhereItIs() throws {
        let station = try Station()
        try station.directory.write("precious", to: "admin.sock")
        let failure = try #require(throws: BrokerServer.StartFailure.self) { try station.start() }
        #expect(failure.description.hasSuffix("admin.sock is in the way: the admin socket goes there"))
        #expect(failure.exitCode == 78)
        #expect(try station.directory.read("admin.sock") == "precious")
    }

    /// Who starts it on any free port would wait for that file, or believe an old one.
    @Test func doesNotStartWhereItCannotSayWhereItListens() throws {
        let station = try Station()
        try FileManager.default.createDirectory(
            atPath: station.directory.file("listening.json"), withIntermediateDirectories: false)
        let failure = try #require(throws: BrokerServer.StartFailure.self) { try station.start() }
        #expect(failure.description.contains("listening.json cannot be replaced: Is a directory"))
        #expect(failure.exitCode == 78)
    }

    @Test func refusesADirectoryThatIsInUse() throws {
        let station = try Station()
        try station.start()
        let failure = try #require(throws: BrokerServer.StartFailure.self) {
            try BrokerServer.start(station.configuration, logs: .none)
        }
        #expect(failure.description.hasPrefix("another broker runs in \(station.directory.path)"))
        #expect(failure.exitCode == 69)
    }

    /// [SD-3]
    @Test(arguments: ["authority/workers.key", "registry.json"])
    func refusesASecretThatOthersCanRead(name: String) throws {
        let station = try Station()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: station.directory.file(name))
        let failure = try #require(throws: BrokerServer.StartFailure.self) { try station.start() }
        #expect(failure.description.contains("can be read by others"))
        #expect(failure.exitCode == 78)
    }

    @Test func refusesADirectoryOpenToOthers() throws {
        let station = try Station()
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: station.directory.path)
        let failure = try #require(throws: BrokerServer.StartFailure.self) { try station.start() }
        #expect(failure.description.contains("chmod 700"))
    }

    @Test func saysWhoseAddressIsTakenAndCanStartAfterwards() throws {
        let station = try Station()
        let other = try Station()
        let server = try station.start()
        let taken = HostAndPort(host: "127.0.0.1", port: server.endpoint.port)
        let failure = try #require(throws: BrokerServer.StartFailure.self) {
            try other.start { $0.workersListen = taken }
        }
        #expect(
            failure.description == "cannot listen on \(taken) (MQTT_BROKER_ENDPOINT): another program listens there")
        #expect(failure.exitCode == 69)
        try other.start()
    }

    @Test func saysWhichNameNobodyKnows() throws {
        let station = try Station()
        let failure = try #require(throws: BrokerServer.StartFailure.self) {
            try station.start { $0.workersListen = HostAndPort(host: "nobody.invalid", port: 0) }
        }
        #expect(
            failure.description
                == "cannot listen on nobody.invalid:0 (MQTT_BROKER_ENDPOINT): this machine knows no such host")
        #expect(failure.exitCode == 78)
    }

    @Test func opensNoDoorToTheWorldWithoutTLS() throws {
        let station = try Station()
        let failure = try #require(throws: BrokerServer.StartFailure.self) {
            try station.start { $0.open = HostAndPort(host: "0.0.0.0", port: 0) }
        }
        #expect(failure.description.contains("--open"))
    }

    @Test func saysInAFileWhereItListens() throws {
        let station = try Station()
        let server = try station.start()
        let facts = try JSON(parsing: Array(try station.directory.read("listening.json").utf8))
        #expect(facts["endpoint"] == .string("tls://localhost:\(server.endpoint.port)"))
        #expect(facts["open"] == .string("127.0.0.1:\(server.openPort)"))
        #expect(facts["socket"] == .string(server.configuration.adminSocket))
    }

    @Test func theOperatorOfThisHostNeedsNoPapers() async throws {
        let station = try Station()
        let server = try station.start()
        let client = station.client(.unix(path: server.configuration.adminSocket), "console")
        _ = try await client.connect()
        #expect(try await client.subscribe([AdminTopic.stream])[0] < 0x80)
        await client.disconnect()
    }
}
