import AdminProtocol
import BrokerCore
import TestSupport
import Testing

@testable import Authority

private let now: Int64 = 1_763_812_800_000

@Suite struct RegistryTests {
    let temporary: TemporaryDirectory
    let authority: Authority
    let registrar: Registrar
    let endpoint = Endpoint(host: "broker.example", port: 1984)

    init() throws {
        temporary = try TemporaryDirectory()
        authority = try Authority(in: DataDirectory(temporary.file("data")), at: now)
        registrar = Registrar(authority)
    }

    @Test func aPoolsCertificateStandsForThePool() throws {
        let issued = try registrar.addPool(named: "eu", for: KeyPair().request, endpoint: endpoint, at: now)
        let registry = try registrar.file.read()
        #expect(registry.principal(fingerprint: issued.certificate.fingerprint) == .worker(pool: issued.pool.id))
        #expect(registry.poolNames == [issued.pool.id: "eu"])
        #expect(issued.pool.id.milliseconds == now)
        #expect(registry.principal(fingerprint: String(repeating: "0", count: 64)) == nil)
        #expect(registry.principal(fingerprint: issued.certificate.fingerprint.uppercased()) == nil)
    }

    @Test func aTokenHoldsWhatALauncherNeeds() throws {
        let issued = try registrar.addPool(named: "eu", for: KeyPair().request, endpoint: endpoint, at: now)
        let token = try PoolToken(base64: issued.token.base64())
        #expect(token.broker.endpoint == "tls://broker.example:1984")
        #expect(token.broker.ca == authority.workers.certificatePEM)
        #expect(token.pool == issued.pool.id.description)
        #expect(token.certificate == issued.certificate.pem)
        #expect(throws: AuthorityError.self) { try PoolToken(base64: "e30=") }
    }

    @Test func aResetPoolsOldCertificateIsNobodys() throws {
        let first = try registrar.addPool(named: "eu", for: KeyPair().request, endpoint: endpoint, at: now)
        let before = try registrar.file.read()
        let second = try registrar.resetPool(first.pool.id, for: KeyPair().request, endpoint: endpoint, at: now + 5)
        let after = try registrar.file.read()
        #expect(after.principal(fingerprint: first.certificate.fingerprint) == nil)
        #expect(after.principal(fingerprint: second.certificate.fingerprint) == .worker(pool: first.pool.id))
        #expect(second.pool.generation == 2)
        let revocation = RegistryChanges.Revocation(
            fingerprint: first.certificate.fingerprint, principal: .worker(pool: first.pool.id))
        #expect(before.changes(to: after) == RegistryChanges(revoked: [revocation], pools: nil))
        #expect(after.changes(to: after).isEmpty)
    }

    @Test func aRemovedPoolIsGoneFromTheListAndItsCertificateFromTheDoor() throws {
        let issued = try registrar.addPool(named: "eu", for: KeyPair().request, endpoint: endpoint, at: now)
        let before = try registrar.file.read()
        try registrar.removePool(issued.pool.id)
        let changes = try before.changes(to: registrar.file.read())
        #expect(changes.revoked.map(\.fingerprint) == [issued.certificate.fingerprint])
        #expect(changes.pools == [:])
        #expect(throws: AuthorityError("there is no pool \(issued.pool.id)")) {
            try registrar.removePool(issued.pool.id)
        }
    }

    @Test(arguments: [
        (CredentialRole.backend, Principal.backend(name: "a")), (.viewer, .admin(name: "a", role: .viewer)),
        (.operator, .admin(name: "a", role: .operator)), (.security, .admin(name: "a", role: .security)),
    ])
    func aCredentialStandsForItsRoleUntilItIsRevoked(_ role: CredentialRole, _ principal: Principal) throws {
        let issued = try registrar.issueCredential(named: "a", role: role, for: KeyPair().request, at: now)
        let fingerprint = issued.certificate.fingerprint
        #expect(try registrar.file.read().principal(fingerprint: fingerprint) == principal)
        #expect(throws: AuthorityError.self) {
            try registrar.issueCredential(named: "a", role: .viewer, for: KeyPair().request, at: now)
        }
        try registrar.revokeCredential("a", at: now + 9)
        let registry = try registrar.file.read()
        #expect(registry.principal(fingerprint: fingerprint) == nil)
        #expect(registry.credentials.map(\.revokedAt) == [now + 9])
        let again = try registrar.issueCredential(named: "a", role: role, for: KeyPair().request, at: now)
        #expect(try registrar.file.read().principal(fingerprint: again.certificate.fingerprint) == principal)
    }

    @Test func operatorsAndThePlatformAreSignedByDifferentAuthorities() async throws {
        let clock = WallClock.now()
        for (role, trusted, other) in [
            (CredentialRole.backend, authority.workers, authority.admin),
            (.operator, authority.admin, authority.workers),
        ] {
            let issued = try registrar.issueCredential(
                named: role.rawValue, role: role, for: KeyPair().request, at: clock)
            let certificate = try temporary.write(issued.certificate.pem, to: "c.pem")
            for (authority, status) in [(trusted, Int32(0)), (other, 2)] {
                let trust = try temporary.write(authority.certificatePEM, to: "ca.pem")
                let said = try await ChildProcess.run("openssl", ["verify", "-CAfile", trust, certificate])
                #expect(said.status == status, "\(role): \(said)")
            }
        }
    }

    @Test(arguments: ["", "a\nb", "a\u{1B}[2J", " a", String(repeating: "x", count: 65), "\u{202E}evil", "\u{0}"])
    func refusesNamesThatATerminalWouldObey(_ name: String) throws {
        #expect(throws: AuthorityError.self) {
            try registrar.addPool(named: name, for: KeyPair().request, endpoint: endpoint, at: now)
        }
        #expect(throws: AuthorityError.self) {
            try registrar.issueCredential(named: name, role: .viewer, for: KeyPair().request, at: now)
        }
        #expect(try registrar.file.read().isEmpty)
    }

    @Test func aSecondPoolOfTheSameNameIsRefused() throws {
        _ = try registrar.addPool(named: "eu", for: KeyPair().request, endpoint: endpoint, at: now)
        #expect(throws: AuthorityError("a pool named \"eu\" is there already")) {
            try registrar.addPool(named: "eu", for: KeyPair().request, endpoint: endpoint, at: now)
        }
    }

    @Test func aRemovedPoolsNameAndIdMayBeGivenAgain() throws {
        let issued = try registrar.addPool(named: "eu", for: KeyPair().request, endpoint: endpoint, at: now)
        try registrar.removePool(issued.pool.id)
        let again = try registrar.addPool(
            named: "eu", id: issued.pool.id, for: KeyPair().request, endpoint: endpoint, at: now)
        #expect(try registrar.file.read().poolNames == [again.pool.id: "eu"])
        #expect(throws: AuthorityError("pool \(again.pool.id) is there already")) {
            try registrar.addPool(
                named: "us", id: again.pool.id, for: KeyPair().request, endpoint: endpoint, at: now)
        }
    }

    /// [T-34] As many as the file may hold: a revocation among them is to count within a second, not within a minute.
    @Test(.timeLimit(.minutes(3))) func thirtyThousandPoolsAreReadAtOnce() throws {
        var registry = Registry()
        for number in 0..<30_000 {
            try registry.add(
                Registry.Pool(
                    id: ULID(high: UInt64(number), low: 0), name: "pool \(number)",
                    fingerprint: Fingerprint.of("\(number)".utf8), createdAt: now, issuedAt: now, expiresAt: now,
                    generation: 1))
        }
        try registrar.file.update { $0 = registry }
        #expect(try registrar.file.read() == registry)
    }

    @Test func theFileSaysTheSameAsTheValue() throws {
        _ = try registrar.addPool(named: "eu \"quoted\" ä", for: KeyPair().request, endpoint: endpoint, at: now)
        _ = try registrar.issueCredential(named: "a", role: .operator, for: KeyPair().request, at: now)
        try registrar.revokeCredential("a", at: now)
        let registry = try registrar.file.read()
        let stamp = registrar.file.stamp
        try registrar.file.update { $0 = registry }
        #expect(try registrar.file.read() == registry)
        #expect(registrar.file.stamp != stamp)
    }

    @Test(arguments: [
        "", "{", "[]", "{}", #"{"version":2,"pools":[],"credentials":[]}"#,
        #"{"version":1,"pools":[{"id":"x"}],"credentials":[]}"#,
        #"{"version":1,"pools":[],"credentials":[{"name":"a","role":"root","fingerprint":"","created_at":0,"expires_at":0}]}"#,
        #"{"version":1,"pools":[],"credentials":[{"name":"a","role":"viewer","fingerprint":"","created_at":0,"expires_at":0}]}"#,
    ])
    func aDamagedFileIsAnErrorAndNeverAnEmptyRegistry(_ text: String) throws {
        try temporary.write(text, to: "data/registry.json")
        #expect(throws: AuthorityError.self) { try registrar.file.read() }
        #expect(throws: AuthorityError.self) {
            try registrar.addPool(
                named: "eu", for: KeyPair().request, endpoint: endpoint, at: now)
        }
        #expect(try temporary.read("data/registry.json") == text)
    }

    @Test func oneCertificateIsOnePrincipal() throws {
        let issued = try registrar.addPool(named: "eu", for: KeyPair().request, endpoint: endpoint, at: now)
        var registry = try registrar.file.read()
        #expect(throws: AuthorityError.self) {
            try registry.add(
                Registry.Credential(
                    name: "a", role: .security, fingerprint: issued.certificate.fingerprint, createdAt: 0,
                    expiresAt: 0))
        }
    }
}
