import AdminProtocol
import Authority
import BrokerCore
import BrokerServer
import Foundation
import MQTT
import MQTTTransport
import TestSupport
import Testing

/// Certificates that change, that are odd, and that are shown again without being looked at.
@Suite(.timeLimit(.minutes(2))) struct CertificateStories {
    /// [T-36, T-37] Parsed in full, then in force; what cannot be used changes nothing, and says so.
    @Test func aNewCertificateIsInForceWithoutARestartAndADamagedOneIsNot() async throws {
        let station = try Station()
        let paths = (certificate: station.directory.file("tls.crt"), key: station.directory.file("tls.key"))
        let first = try certificate(of: station, at: paths)
        let log = try station.log()
        let server = try station.start(
            {
                $0.papers.server = .init(certificate: paths.certificate, key: paths.key)
                $0.logLevel = .info
            }, logs: log.output)
        #expect(try await shown(by: server).contains(first))
        let pool = try station.pool("eu")
        try await becomesTrue("the pool is known") { try log.text().contains("the registry was read again") }
        let id = ULIDGenerator.make().description
        let worker = station.client(server.target(pool.tls), id)
        _ = try await worker.connect()

        for damaged in ["", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let before = try refusals(log.text)
            try Data(damaged.utf8).write(to: URL(fileURLWithPath: paths.certificate))
            try await becomesTrue("it is refused") { try refusals(log.text) > before }
            #expect(try await shown(by: server).contains(first))
        }
        // The key alone is another's until the certificate comes after it.
        let second = try certificate(of: station, at: paths)
        try await becomesTrue("the new one is shown") { try await shown(by: server).contains(second) }
        // Who is connected stays so.
        let topic = "spacelift/writeonly/\(pool.id)/\(id)"
        #expect(try await worker.publish(ClientMessage(topic: topic, payload: "{}")) == 0)
        await worker.disconnect()
    }

    /// [T-36] At a start there is no old one to keep.
    @Test(arguments: ["", "garbage"])
    func aBrokerDoesNotStartWithPapersItCannotRead(damaged: String) throws {
        let station = try Station()
        let paths = (certificate: station.directory.file("tls.crt"), key: station.directory.file("tls.key"))
        _ = try certificate(of: station, at: paths)
        try Data(damaged.utf8).write(to: URL(fileURLWithPath: paths.certificate))
        let failure = try #require(throws: BrokerServer.StartFailure.self) {
            try station.start { $0.papers.server = .init(certificate: paths.certificate, key: paths.key) }
        }
        #expect(failure.exitCode == 78 && failure.description.contains("tls.crt"))
    }

    /// Two brokers with one authority from the same files let in the same pools' workers.
    @Test func brokersWithTheSameFilesTrustEachOthersCertificates() async throws {
        let one = try Station()
        let other = try Station()
        let folder = one.directory.file("authority")
        let files = AuthorityFiles(
            workers: .init(certificate: folder + "/workers.crt", key: folder + "/workers.key"))
        let shared = Registrar(try Authority(in: DataDirectory(other.directory.path), files: files))
        let key = try KeyPair()
        let issued = try shared.addPool(
            named: "eu", for: key.request, endpoint: Endpoint(host: "localhost", port: 1_984))
        let tls = try ClientTLS(
            certificate: Array(issued.certificate.pem.utf8), key: Array(key.privateKeyPEM.utf8),
            trust: Array(one.registrar.authority.workers.certificatePEM.utf8))
        let server = try other.start { $0.papers = files }
        let worker = other.client(server.target(tls), ULIDGenerator.make().description)
        _ = try await worker.connect()
        await worker.disconnect()
        // One that does not have them knows nobody of it.
        let stranger = try one.start()
        await #expect(throws: ClientError.self) {
            try await one.client(stranger.target(tls), ULIDGenerator.make().description).connect()
        }
    }

    /// [T-72] A worker that comes back need not prove everything anew, in both versions of TLS.
    @Test(arguments: ["-tls1_3", "-tls1_2"])
    func aSessionIsResumed(version: String) async throws {
        let station = try Station()
        let pool = try station.poolInFiles("eu")
        let server = try station.start()
        let id = ULIDGenerator.make().description
        let ticket = try await ticket(of: id, server, pool.papers, version, in: station.directory)

        let again = try openssl(server, pool.papers, version, ["-sess_in", ticket])
        try await again.says("Reused, TLS")
        // Who it is, is known from the session as it was from the handshake.
        try again.send(connect(id))
        try await becomesTrue("CONNACK came") { again.outputBytes.contains([0x20, 2, 0, 0]) }
        again.signal(SIGKILL)
    }

    /// [T-72] What is read again and is the same replaces nothing: tickets stay good, and nobody is told of news.
    @Test func aTicketOutlivesAReadingThatFindsNothingNew() async throws {
        let station = try Station()
        let paths = (certificate: station.directory.file("tls.crt"), key: station.directory.file("tls.key"))
        _ = try certificate(of: station, at: paths)
        let pool = try station.poolInFiles("eu")
        let log = try station.log()
        let server = try station.start(
            {
                $0.papers.server = .init(certificate: paths.certificate, key: paths.key)
                $0.logLevel = .info
            }, logs: log.output)
        let id = ULIDGenerator.make().description
        let ticket = try await ticket(of: id, server, pool.papers, "-tls1_3", in: station.directory)

        // Written anew, with the same in it.
        try Data(contentsOf: URL(fileURLWithPath: paths.certificate))
            .write(to: URL(fileURLWithPath: paths.certificate), options: .atomic)
        server.reload()
        try await becomesTrue("it was read") { try log.text().contains("certificates were read again") }
        let again = try openssl(server, pool.papers, "-tls1_3", ["-sess_in", ticket])
        try await again.says("Reused, TLS")
        again.signal(SIGKILL)
        // Who asked was told, and only of that.
        #expect(try log.text().components(separatedBy: "certificates were read again").count == 2)
    }

    /// [T-34] A resumed session shows its certificate without proving it again: whether it is still good is asked anew.
    @Test func aResumedSessionOfARevokedCertificateGetsNowhere() async throws {
        let station = try Station()
        let pool = try station.poolInFiles("eu")
        let log = try station.log()
        let server = try station.start({ $0.logLevel = .info }, logs: log.output)
        let id = ULIDGenerator.make().description
        let ticket = try await ticket(of: id, server, pool.papers, "-tls1_3", in: station.directory)
        try station.registrar.removePool(pool.id)
        try await becomesTrue("the broker knows") { try log.text().contains("the registry was read again") }
        let again = try openssl(server, pool.papers, "-tls1_3", ["-sess_in", ticket])
        // It may be gone before it could say anything.
        try? again.send(connect(id))
        _ = try await again.ended()
        #expect(again.output.contains("Reused, TLS"))
        #expect(!again.outputBytes.contains([0x20, 2, 0, 0]))
        #expect(try log.text().contains("is unknown, reset or revoked"))
    }

    /// [T-41] What stands in a subject decides nothing: the pool's own name, twice, in parts, or with odd bytes.
    @Test func aSubjectIsNobodysIdentity() async throws {
        let station = try Station()
        let pool = try station.pool("eu")
        let server = try station.start()
        let folder = station.directory.file("authority")
        let subjects = [
            "/CN=\(pool.id)", "/CN=\(pool.id)/CN=\(pool.id)", "/OU=x+CN=\(pool.id)", "/CN=signalbox broker",
            "/CN=\(pool.id)\\\\x00evil", "/CN=e\u{301}u", "/CN=" + String(repeating: "x", count: 64),
            "/O=no name at all",
        ]
        for (number, subject) in subjects.enumerated() {
            let name = "odd\(number)"
            let made = try await Programs.signingRequest(
                in: station.directory, named: name, key: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
            let out = station.directory.file("\(name).crt")
            let signed = try await ChildProcess.run(
                "openssl",
                [
                    "x509", "-req", "-in", made.request, "-CA", folder + "/workers.crt", "-CAkey",
                    folder + "/workers.key", "-CAcreateserial", "-CAserial", station.directory.file("serial"), "-days",
                    "1", "-subj", subject, "-out", out,
                ])
            // An openssl that has no -subj here signs the request's own subject, which is as good for a stranger.
            let usable = signed.status == 0
            #expect(usable, "\(subject): \(signed.errors)")
            guard usable else { continue }
            let tls = try ClientTLS(
                certificate: Array(Data(contentsOf: URL(fileURLWithPath: out))),
                key: Array(Data(contentsOf: URL(fileURLWithPath: made.key))),
                trust: Array(station.registrar.authority.workers.certificatePEM.utf8))
            await #expect(throws: ClientError.self, "\(subject)") {
                try await station.client(server.target(tls), ULIDGenerator.make().description).connect()
            }
        }
        let worker = station.client(server.target(pool.tls), ULIDGenerator.make().description)
        _ = try await worker.connect()
        await worker.disconnect()
    }

    private func refusals(_ text: () throws -> String) throws -> Int {
        try text().components(separatedBy: "the certificates are left as they were").count - 1
    }

    /// A new session's ticket, in a file of its own: two come in TLS 1.3, and who is killed while it writes the second
    /// over the first leaves none.
    private func ticket(
        of id: String, _ server: BrokerServer, _ papers: Station.Papers, _ version: String,
        in directory: TemporaryDirectory
    ) async throws -> String {
        let ticket = directory.file("ticket")
        let first = try openssl(server, papers, version, ["-sess_out", ticket])
        // In 1.3 the ticket leaves with the first bytes that the broker has to say: CONNACK.
        try first.send(connect(id))
        try await first.says("New, TLS")
        let whole = try await eventually("a ticket came") { () -> Data? in
            let bytes = try? Data(contentsOf: URL(fileURLWithPath: ticket))
            return bytes.flatMap { String(decoding: $0, as: UTF8.self).contains("-----END SSL SESSION") ? $0 : nil }
        }
        first.signal(SIGKILL)
        let kept = ticket + ".kept"
        try whole.write(to: URL(fileURLWithPath: kept))
        return kept
    }

    private func connect(_ id: String) -> [UInt8] {
        let body = hex("0004 'MQTT' 04 02 003C") + [0, UInt8(id.utf8.count)] + Array(id.utf8)
        return [0x10, UInt8(body.count)] + body
    }

    private func openssl(
        _ server: BrokerServer, _ papers: Station.Papers, _ version: String, _ more: [String]
    ) throws -> ChildProcess {
        try ChildProcess(
            "openssl",
            [
                "s_client", "-connect", "127.0.0.1:\(server.endpoint.port)", "-cert", papers.certificate, "-key",
                papers.key, "-CAfile", papers.authority, "-nocommands", version,
            ] + more, takesInput: true)
    }

    /// The certificate that the broker shows to whoever asks, as one long line.
    private func shown(by server: BrokerServer) async throws -> String {
        let asked = try await ChildProcess.run(
            "openssl", ["s_client", "-connect", "127.0.0.1:\(server.endpoint.port)", "-showcerts"])
        return asked.output.replacing("\n", with: "")
    }

    /// Puts a new certificate for this machine into the files; returns its text as one long line.
    private func certificate(of station: Station, at paths: (certificate: String, key: String)) throws -> String {
        let pair = try KeyPair()
        let issued = try station.registrar.authority.workers.issue(
            .server(host: "localhost"), for: pair.request, days: 30, at: WallClock.now())
        for (text, path) in [(pair.privateKeyPEM, paths.key), (issued.pem, paths.certificate)] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
        return issued.pem.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        guard count >= part.count else { return false }
        return (0...count - part.count).contains { self[$0..<$0 + part.count].elementsEqual(part) }
    }
}
