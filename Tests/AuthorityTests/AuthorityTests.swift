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

    /// A certificate of the operator's own, in files, signed by `authority` for `host`.
    private func pair(
        signedBy authority: CertificateAuthority, for host: String, days: Int = 30, at time: Int64 = now
    ) throws -> AuthorityFiles.Pair {
        let pair = try KeyPair()
        let issued = try authority.issue(.server(host: host), for: pair.request, days: days, at: time)
        return AuthorityFiles.Pair(
            certificate: try temporary.write(issued.pem, to: "tls.crt"),
            key: try temporary.write(pair.privateKeyPEM, to: "tls.key"))
    }

    /// Says what is wrong with `pair`, at a start and when only the configuration is looked at; nil if nothing is.
    private func complaint(about pair: AuthorityFiles.Pair, for host: String = "broker.example") throws -> String? {
        let files = AuthorityFiles(server: pair)
        func message(_ body: () throws -> Void) throws -> String? {
            do {
                try body()
                return nil
            } catch let error as AuthorityError {
                return error.message
            }
        }
        let started = try message {
            _ = try Authority(in: directory, files: files, at: now).serverIdentity(for: host, at: now)
        }
        let looked = try message { try Authority.check(files, in: directory, host: host, at: now) }
        #expect(started == looked)
        return started
    }

    @Test func takesACertificateOfTheOperatorsOwnThatWorkersCanTrust() throws {
        let authority = try Authority(in: directory, at: now)
        let good = try pair(signedBy: authority.workers, for: "broker.example")
        #expect(try complaint(about: good) == nil)
        #expect(try complaint(about: good, for: "BROKER.example") == nil)
        #expect(try complaint(about: good, for: "127.0.0.1") == nil)
        let wild = try pair(signedBy: authority.workers, for: "*.example")
        #expect(try complaint(about: wild) == nil)
        #expect(try complaint(about: wild, for: "a.broker.example")?.contains("is not for a.broker.example") == true)
    }

    @Test func refusesACertificateThatNoWorkerWouldTrust() throws {
        let authority = try Authority(in: directory, at: now)
        let foreign = try pair(signedBy: authority.admin, for: "broker.example")
        #expect(
            try complaint(about: foreign)?.hasPrefix(
                "the certificate in \(foreign.certificate) is not signed by the workers' authority") == true)
        let elsewhere = try pair(signedBy: authority.workers, for: "other.example")
        #expect(try complaint(about: elsewhere)?.contains("is not for broker.example") == true)
        #expect(try complaint(about: elsewhere, for: "10.1.2.3")?.contains("is not for 10.1.2.3") == true)
        let old = try pair(signedBy: authority.workers, for: "broker.example", days: 1, at: now - 2 * day)
        #expect(try complaint(about: old)?.hasSuffix("has expired") == true)
        let early = try pair(signedBy: authority.workers, for: "broker.example", at: now + day)
        #expect(try complaint(about: early)?.hasSuffix("is not valid yet") == true)
        try temporary.write(KeyPair().privateKeyPEM, to: "tls.key")
        #expect(try complaint(about: early)?.hasSuffix("are not a key and its certificate") == true)
    }

    /// Those between the certificate and the authority stand after it in the file, in any order.
    @Test func followsAChainToTheAuthority() async throws {
        _ = try Authority(in: directory, at: now)
        let root = try await chain(length: 2)
        let files = AuthorityFiles(
            workers: .init(certificate: root.certificate, key: root.key),
            server: .init(certificate: temporary.file("chain.crt"), key: temporary.file("leaf.key")))
        let identity = try Authority(in: directory, files: files).serverIdentity(for: "broker.example")
        #expect(identity.certificatePEM == (try temporary.read("chain.crt")))
        // Without the one between them nothing leads there.
        try temporary.write(temporary.read("leaf.crt"), to: "chain.crt")
        #expect(throws: AuthorityError.self) {
            try Authority(in: directory, files: files).serverIdentity(for: "broker.example")
        }
        #expect(throws: AuthorityError.self) { try Authority.check(files, in: nil, host: "broker.example") }
    }

    /// Has openssl make a root, as many authorities below it, and a leaf for broker.example; returns the root's files.
    private func chain(length: Int) async throws -> AuthorityFiles.Pair {
        func file(_ name: String) -> String { temporary.file(name) }
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        let ca = try temporary.write("basicConstraints=critical,CA:TRUE\n", to: "ca.ext")
        let leaf = try temporary.write("subjectAltName=DNS:broker.example\n", to: "leaf.ext")
        func make(_ name: String, by issuer: String?, _ extensions: String) async throws {
            let made = try await ChildProcess.run(
                "openssl",
                ["req", "-new"] + key + [
                    "-subj", "/CN=\(name)", "-keyout", file("\(name).key"), "-out", file("\(name).csr"),
                ])
            #expect(made.status == 0, "\(made.errors)")
            let signer = issuer.map { ["-CA", file("\($0).crt"), "-CAkey", file("\($0).key"), "-CAcreateserial"] }
            let signed = try await ChildProcess.run(
                "openssl",
                [
                    "x509", "-req", "-in", file("\(name).csr"), "-days", "2", "-extfile", extensions, "-out",
                    file("\(name).crt"),
                ]
                    + (signer ?? ["-signkey", file("\(name).key")]))
            #expect(signed.status == 0, "\(signed.errors)")
            #expect(chmod(file("\(name).key"), 0o600) == 0)
        }
        try await make("root", by: nil, ca)
        var issuer = "root"
        var between = ""
        for number in 0..<length {
            try await make("between\(number)", by: issuer, ca)
            issuer = "between\(number)"
            between += try temporary.read("\(issuer).crt")
        }
        try await make("leaf", by: issuer, leaf)
        try temporary.write(temporary.read("leaf.crt") + between, to: "chain.crt")
        return .init(certificate: file("root.crt"), key: file("root.key"))
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
