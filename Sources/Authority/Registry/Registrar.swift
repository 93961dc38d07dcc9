import BrokerCore

/// Lets people in and out: signs their certificates and keeps the registry.
///
/// Works on the data directory, whether the broker runs or not; a running one notices within a second.
package struct Registrar: Sendable {
    /// A pool's certificate lasts until the pool is reset: renewing hundreds of workers by hand helps nobody.
    package static let poolDays = 3_650
    package static let credentialDays = 365

    package let authority: Authority
    package let file: RegistryFile

    package init(_ authority: Authority) {
        self.authority = authority
        file = RegistryFile(in: authority.directory)
    }

    package struct IssuedPool: Sendable {
        package var pool: Registry.Pool
        package var certificate: IssuedCertificate
        package var token: PoolToken
    }

    package struct IssuedCredential: Sendable {
        package var credential: Registry.Credential
        package var certificate: IssuedCertificate
    }

    /// Its id is made unless one is given, as for a fleet that is to be the same every time.
    package func addPool(
        named name: String, id: ULID? = nil, for request: SigningRequest, endpoint: Endpoint,
        at now: Int64 = WallClock.now()
    ) throws -> IssuedPool {
        try Registrar.checkPoolName(name)
        let id = id ?? ULIDGenerator.make(at: now)
        let certificate = try authority.workers.issue(
            .client(id.description), for: request, days: Registrar.poolDays, at: now)
        let pool = Registry.Pool(
            id: id, name: name, fingerprint: certificate.fingerprint, createdAt: now, issuedAt: now,
            expiresAt: certificate.expiresAt, generation: 1)
        try file.update { try $0.add(pool) }
        return IssuedPool(pool: pool, certificate: certificate, token: token(id, certificate, endpoint))
    }

    /// A new certificate for a pool; the old one is refused from now on, and its sessions end.
    package func resetPool(
        _ id: ULID, for request: SigningRequest, endpoint: Endpoint, at now: Int64 = WallClock.now()
    ) throws -> IssuedPool {
        let certificate = try authority.workers.issue(
            .client(id.description), for: request, days: Registrar.poolDays, at: now)
        let pool = try file.update { registry in
            try registry.reset(id, to: certificate, at: now)
            guard let pool = registry.pool(id) else { throw AuthorityError("there is no pool \(id)") }
            return pool
        }
        return IssuedPool(pool: pool, certificate: certificate, token: token(id, certificate, endpoint))
    }

    package func removePool(_ id: ULID) throws {
        try file.update { try $0.remove(id) }
    }

    package func issueCredential(
        named name: String, role: CredentialRole, for request: SigningRequest, days: Int = Registrar.credentialDays,
        at now: Int64 = WallClock.now()
    ) throws -> IssuedCredential {
        try Registrar.checkCredentialName(name)
        guard (1...3_650).contains(days) else {
            throw AuthorityError("a credential cannot last \(days) days; accepted is 1 to 3650")
        }
        let certificate = try authority(for: role).issue(.client(name), for: request, days: days, at: now)
        let credential = Registry.Credential(
            name: name, role: role, fingerprint: certificate.fingerprint, createdAt: now,
            expiresAt: certificate.expiresAt, revokedAt: nil)
        try file.update { try $0.add(credential) }
        return IssuedCredential(credential: credential, certificate: certificate)
    }

    package func revokeCredential(_ name: String, at now: Int64 = WallClock.now()) throws {
        try file.update { try $0.revoke(name, at: now) }
    }

    /// Operators come in by the operators' door: their certificates are of no use at the workers'.
    private func authority(for role: CredentialRole) -> CertificateAuthority {
        switch role {
        case .backend: authority.workers
        case .viewer, .operator, .security: authority.admin
        }
    }

    private func token(_ id: ULID, _ certificate: IssuedCertificate, _ endpoint: Endpoint) -> PoolToken {
        PoolToken(
            endpoint: endpoint, ca: authority.workers.certificatePEM, pool: id, certificate: certificate.pem)
    }

    /// A name is shown in tables and logs: short, and nothing in it that a terminal would obey.
    private static func checkPoolName(_ name: String) throws(AuthorityError) {
        let speaks = name.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        guard speaks, (1...64).contains(name.utf8.count), name.first != " ", name.last != " " else {
            throw AuthorityError("a pool cannot be named so: accepted are 1 to 64 bytes of printable text")
        }
    }

    private static func checkCredentialName(_ name: String) throws(AuthorityError) {
        let plain = name.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122: true
            default: Array("._@-".utf8).contains(byte)
            }
        }
        guard plain, (1...64).contains(name.utf8.count) else {
            throw AuthorityError("a credential cannot be named so: accepted are 1 to 64 of A-Z a-z 0-9 . _ @ -")
        }
    }
}
