import TestSupport
import Testing

@testable import Authority

@Suite struct CertificateAuthorityTests {
    let temporary: TemporaryDirectory
    let authority: Authority
    let now = WallClock.now()

    init() throws {
        temporary = try TemporaryDirectory()
        authority = try Authority(in: DataDirectory(temporary.file("data")))
    }

    @Test(arguments: [
        ["-newkey", "rsa:2048"], ["-newkey", "rsa:4096"], ["-newkey", "ed25519"],
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
    ])
    func signsTheKeysThatOpenSSLMakes(_ key: [String]) async throws {
        let paths = try await Programs.signingRequest(in: temporary, named: "pool", key: key)
        let request = try SigningRequest(pem: temporary.read("pool.csr"))
        let issued = try authority.workers.issue(.client("01JABCDEF0"), for: request, days: 10, at: now)
        let certificate = try temporary.write(issued.pem, to: "pool.crt")
        let trust = try temporary.write(authority.workers.certificatePEM, to: "ca.pem")

        let verified = try await ChildProcess.run(
            "openssl", ["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", trust, certificate])
        #expect(verified.output == "\(certificate): OK\n", "\(verified.errors)")
        let asServer = try await ChildProcess.run(
            "openssl", ["verify", "-purpose", "sslserver", "-CAfile", trust, certificate])
        #expect(asServer.status != 0, "a pool's certificate passes for a broker's")
        let ofKey = try await ChildProcess.run("openssl", ["pkey", "-in", paths.key, "-pubout"])
        let ofCertificate = try await ChildProcess.run("openssl", ["x509", "-in", certificate, "-noout", "-pubkey"])
        #expect(ofKey.output == ofCertificate.output)
        let subject = try await ChildProcess.run(
            "openssl", ["x509", "-in", certificate, "-noout", "-subject", "-fingerprint", "-sha256"])
        #expect(subject.output.contains("CN = 01JABCDEF0"))
        let fingerprint = subject.output.filter { $0 != ":" }.lowercased()
        #expect(fingerprint.contains(issued.fingerprint))
    }

    @Test func takesNothingButTheKeyFromARequest() async throws {
        let made = try await ChildProcess.run(
            "openssl",
            [
                "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=admin/O=evil", "-addext",
                "basicConstraints=critical,CA:TRUE", "-addext", "subjectAltName=DNS:broker.example", "-keyout",
                temporary.file("k"), "-out", temporary.file("r"),
            ])
        #expect(made.status == 0)
        let issued = try authority.workers.issue(
            .client("pool"), for: SigningRequest(pem: temporary.read("r")), days: 10, at: now)
        let text = try await ChildProcess.run(
            "openssl", ["x509", "-in", temporary.write(issued.pem, to: "c"), "-noout", "-text"]
        ).output
        #expect(text.contains("CA:FALSE"))
        #expect(!text.contains("CA:TRUE") && !text.contains("evil") && !text.contains("broker.example"))
    }

    @Test func refusesARequestThatIsNotSignedWithItsOwnKey() async throws {
        _ = try await Programs.signingRequest(in: temporary, named: "pool")
        let pem = try temporary.read("pool.csr")
        var lines = pem.split(separator: "\n").map(String.init)
        // The signature stands at the end: another letter there is another signature.
        let last = lines.count - 3
        lines[last] = String(lines[last].map { $0 == "A" ? "B" : "A" })
        let error = #expect(throws: AuthorityError.self) { try SigningRequest(pem: lines.joined(separator: "\n")) }
        #expect(error?.message == "the signing request is not signed with the key it is for")
    }

    @Test func refusesKeysThatAreTooShort() async throws {
        _ = try await Programs.signingRequest(in: temporary, named: "weak", key: ["-newkey", "rsa:1024"])
        #expect(throws: AuthorityError.self) { try SigningRequest(pem: temporary.read("weak.csr")) }
    }

    @Test(arguments: ["", "garbage", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"])
    func refusesWhatIsNoRequest(_ pem: String) {
        #expect(throws: AuthorityError.self) { try SigningRequest(pem: pem) }
    }

    @Test func refusesACertificateInPlaceOfARequest() {
        #expect(throws: AuthorityError.self) { try SigningRequest(pem: authority.workers.certificatePEM) }
    }

    @Test func anyMutationOfARequestIsRefusedOrHarmless() async throws {
        _ = try await Programs.signingRequest(in: temporary, named: "pool")
        let pem = Array(try temporary.read("pool.csr").utf8)
        var random = SeededRandom(seed: 7)
        for _ in 0..<400 {
            var mutated = pem
            mutated[Int.random(in: 0..<pem.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            _ = try? SigningRequest(pem: String(decoding: mutated, as: UTF8.self))
        }
    }

    @Test func aCertificateNeverOutlivesItsAuthority() throws {
        let long = try authority.workers.issue(.client("x"), for: KeyPair().request, days: 100_000, at: now)
        #expect(long.expiresAt < now + 20 * 366 * 86_400_000)
    }
}
