import Glibc
import TestSupport
import Testing
import X509

@testable import Authority

private let now: Int64 = 1_763_812_800_000
private let day: Int64 = 86_400_000

@Suite struct AuthorityTests {
    let temporary: TemporaryDirectory
    let directory: DataDirectory

    init() throws {
        temporary = try TemporaryDirectory()
        directory = try DataDirectory(temporary.file("data"))
    }

    @Test func isMadeOnFirstStartAndFoundOnTheNext() throws {
        let first = try Authority(in: directory, at: now)
        let second = try Authority(in: directory, at: now)
        #expect(first.workers.certificatePEM == second.workers.certificatePEM)
        #expect(first.admin.certificatePEM == second.admin.certificatePEM)
        #expect(first.workers.certificatePEM != first.admin.certificatePEM)
        #expect(try RegistryFile(in: directory).read().isEmpty)
        for name in ["workers.key", "workers.crt", "admin.key", "admin.crt"] {
            var status = stat()
            #expect(stat(directory.path(of: "authority/\(name)"), &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600, "\(name)")
        }
    }

    @Test func isTheSameForAllWhoStartAtOnce() async throws {
        let directory = directory
        let seen = try await withThrowingTaskGroup(of: String.self, returning: Set<String>.self) { group in
            for _ in 0..<8 {
                group.addTask { try Authority(in: directory, at: now).workers.certificatePEM }
            }
            return try await group.reduce(into: []) { $0.insert($1) }
        }
        #expect(seen.count == 1)
    }

    @Test func beginsAgainAfterAFirstStartThatWasCutShort() throws {
        try temporary.write("half a ke", to: "data/registry.json.new")
        #expect(mkdir(directory.path(of: "authority.new"), 0o700) == 0)
        try temporary.write("half a ke", to: "data/authority.new/workers.key")
        let authority = try Authority(in: directory, at: now)
        #expect(try Authority(in: directory, at: now).workers.certificatePEM == authority.workers.certificatePEM)
    }

    @Test func refusesAKeyThatOthersCanRead() throws {
        _ = try Authority(in: directory, at: now)
        let key = directory.path(of: "authority/workers.key")
        #expect(chmod(key, 0o644) == 0)
        let error = #expect(throws: AuthorityError.self) { try Authority(in: directory, at: now) }
        #expect(error?.message.hasPrefix("\(key) can be read by others (mode 0644)") == true)
    }

    @Test func refusesDamagedAndForeignKeys() throws {
        _ = try Authority(in: directory, at: now)
        let intact = try temporary.read("data/authority/workers.key")
        let foreign = try temporary.read("data/authority/admin.key")
        for content in ["", "garbage", foreign, String(intact.prefix(90))] {
            try temporary.write(content, to: "data/authority/workers.key")
            let error = #expect(throws: AuthorityError.self) { try Authority(in: directory, at: now) }
            #expect(error?.message.hasSuffix("are not a key and its certificate: restore both") == true)
        }
    }

    @Test func refusesToGoOnWithHalfOfWhatItHad() throws {
        let authority = try Authority(in: directory, at: now)
        _ = try Registrar(authority).issueCredential(named: "ops", role: .viewer, for: KeyPair().request, at: now)
        #expect(rename(directory.path(of: "registry.json"), directory.path(of: "kept")) == 0)
        #expect(throws: AuthorityError.self) { try Authority(in: directory, at: now) }
        #expect(rename(directory.path(of: "kept"), directory.path(of: "registry.json")) == 0)
        #expect(rename(directory.path(of: "authority"), directory.path(of: "elsewhere")) == 0)
        #expect(throws: AuthorityError.self) { try Authority(in: directory, at: now) }
        #expect(!directory.holds("authority"))
    }

    @Test func keepsTheBrokersCertificateUntilItsHostChangesOrItsEndIsNear() throws {
        let authority = try Authority(in: directory, at: now)
        let first = try authority.serverIdentity(for: "broker.example", at: now)
        #expect(try authority.serverIdentity(for: "broker.example", at: now + 700 * day) == first)
        let moved = try authority.serverIdentity(for: "other.example", at: now)
        #expect(moved.certificatePEM != first.certificatePEM)
        #expect(try authority.serverIdentity(for: "other.example", at: now) == moved)
        let renewed = try authority.serverIdentity(for: "other.example", at: now + 740 * day)
        #expect(renewed.expiresAt == now + (740 + 825) * day)
    }

    @Test func makesTheBrokersCertificateAgainWhenItsFileIsOfNoUse() throws {
        let authority = try Authority(in: directory, at: now)
        let first = try authority.serverIdentity(for: "a", at: now)
        try temporary.write("{", to: "data/server.json")
        let second = try authority.serverIdentity(for: "a", at: now)
        #expect(first.certificatePEM != second.certificatePEM)
        try temporary.write("{", to: "data/server.json", mode: 0o644)
        #expect(chmod(directory.path(of: "server.json"), 0o644) == 0)
        #expect(throws: AuthorityError.self) { try authority.serverIdentity(for: "a", at: now) }
    }

    @Test func namesTheHostAndThisMachineInTheBrokersCertificate() async throws {
        let authority = try Authority(in: directory, at: now)
        for (host, check) in [
            ("broker.example", ["-checkhost", "broker.example"]), ("broker.example", ["-checkhost", "localhost"]),
            ("broker.example", ["-checkip", "127.0.0.1"]), ("broker.example", ["-checkip", "::1"]),
            ("10.1.2.3", ["-checkip", "10.1.2.3"]), ("::1", ["-checkip", "::1"]),
        ] {
            let path = try temporary.write(
                authority.serverIdentity(for: host, at: now).certificatePEM, to: "server.pem")
            let said = try await ChildProcess.run("openssl", ["x509", "-in", path, "-noout"] + check)
            #expect(said.output.contains("does match"), "\(host) \(check): \(said.output)")
        }
    }

    @Test func remembersWhereTheBrokerIs() throws {
        let authority = try Authority(in: directory, at: now)
        #expect(try authority.endpoint() == nil)
        try authority.remember(Endpoint("tls://broker.example:1984"))
        #expect(try authority.endpoint() == Endpoint(host: "broker.example", port: 1984))
        try authority.remember(Endpoint("[::1]:2000"))
        #expect(try authority.endpoint() == Endpoint(host: "::1", port: 2000))
    }
}
