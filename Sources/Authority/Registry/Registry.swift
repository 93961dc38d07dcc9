import AdminProtocol
import BrokerCore

/// Who is who: which certificate stands for which pool, platform or operator.
package struct Registry: Equatable, Sendable {
    package struct Pool: Equatable, Sendable {
        package var id: ULID
        /// What people call it; decides nothing.
        package var name: String
        package var fingerprint: String
        /// Milliseconds since 1970.
        package var createdAt: Int64
        /// When its present certificate was made.
        package var issuedAt: Int64
        package var expiresAt: Int64
        /// Grows with every reset; the first token is 1.
        package var generation: Int
    }

    package struct Credential: Equatable, Sendable {
        /// Unique among those that are not revoked.
        package var name: String
        package var role: CredentialRole
        package var fingerprint: String
        package var createdAt: Int64
        package var expiresAt: Int64
        package var revokedAt: Int64?
    }

    package private(set) var pools: [Pool]
    package private(set) var credentials: [Credential]
    private var principals: [String: Principal] = [:]
    /// What is taken, so that adding one does not look at all: a file has tens of thousands.
    private var ids: Set<ULID> = []
    private var names: Set<String> = []
    /// Of credentials that are in force.
    private var credentialNames: Set<String> = []

    package init() {
        pools = []
        credentials = []
    }

    /// Throws unless ids and fingerprints are unique: one certificate is one principal.
    package init(pools: [Pool], credentials: [Credential]) throws(AuthorityError) {
        self.init()
        for pool in pools { try add(pool) }
        for credential in credentials { try add(credential) }
    }

    package var isEmpty: Bool { pools.isEmpty && credentials.isEmpty }

    /// Whom the certificate with this SHA-256 stands for; nil if unknown, reset or revoked.
    package func principal(fingerprint: String) -> Principal? { principals[fingerprint] }

    /// The pools, as the broker wants to be told of them.
    package var poolNames: [ULID: String] {
        Dictionary(pools.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    package func pool(_ id: ULID) -> Pool? { pools.first { $0.id == id } }

    /// The credential of that name that is in force.
    package func credential(named name: String) -> Credential? {
        credentials.first { $0.name == name && $0.revokedAt == nil }
    }

    package mutating func add(_ pool: Pool) throws(AuthorityError) {
        guard !ids.contains(pool.id) else { throw AuthorityError("pool \(pool.id) is there already") }
        guard !names.contains(pool.name) else {
            throw AuthorityError("a pool named \"\(pool.name)\" is there already")
        }
        try claim(pool.fingerprint, for: .worker(pool: pool.id))
        ids.insert(pool.id)
        names.insert(pool.name)
        pools.append(pool)
    }

    /// Gives a pool another certificate; the old one is nobody's from now on.
    package mutating func reset(_ id: ULID, to certificate: IssuedCertificate, at now: Int64) throws(AuthorityError) {
        guard let place = pools.firstIndex(where: { $0.id == id }) else {
            throw AuthorityError("there is no pool \(id)")
        }
        try claim(certificate.fingerprint, for: .worker(pool: id))
        principals[pools[place].fingerprint] = nil
        pools[place].fingerprint = certificate.fingerprint
        pools[place].issuedAt = now
        pools[place].expiresAt = certificate.expiresAt
        pools[place].generation += 1
    }

    package mutating func remove(_ id: ULID) throws(AuthorityError) {
        guard let place = pools.firstIndex(where: { $0.id == id }) else {
            throw AuthorityError("there is no pool \(id)")
        }
        let pool = pools.remove(at: place)
        principals[pool.fingerprint] = nil
        ids.remove(pool.id)
        names.remove(pool.name)
    }

    package mutating func add(_ credential: Credential) throws(AuthorityError) {
        if credential.revokedAt == nil {
            guard !credentialNames.contains(credential.name) else {
                throw AuthorityError("a credential named \"\(credential.name)\" is there already: revoke it first")
            }
            try claim(credential.fingerprint, for: Registry.principal(of: credential))
            credentialNames.insert(credential.name)
        }
        credentials.append(credential)
    }

    /// Ends a credential; its row stays, so that the list says when.
    package mutating func revoke(_ name: String, at now: Int64) throws(AuthorityError) {
        guard let place = credentials.firstIndex(where: { $0.name == name && $0.revokedAt == nil }) else {
            throw AuthorityError("there is no credential named \"\(name)\" in force")
        }
        principals[credentials[place].fingerprint] = nil
        credentialNames.remove(name)
        credentials[place].revokedAt = now
    }

    /// What a broker that knows this registry has to do to know `newer`.
    package func changes(to newer: Registry) -> RegistryChanges {
        let revoked = principals.filter { newer.principals[$0.key] != $0.value }
            .map { RegistryChanges.Revocation(fingerprint: $0.key, principal: $0.value) }
            .sorted { $0.fingerprint < $1.fingerprint }
        return RegistryChanges(revoked: revoked, pools: poolNames == newer.poolNames ? nil : newer.poolNames)
    }

    private mutating func claim(_ fingerprint: String, for principal: Principal) throws(AuthorityError) {
        guard Fingerprint.isWellFormed(fingerprint) else {
            throw AuthorityError("\"\(fingerprint)\" is not the SHA-256 of a certificate")
        }
        guard principals[fingerprint] == nil else {
            throw AuthorityError("certificate \(fingerprint) stands for somebody already")
        }
        principals[fingerprint] = principal
    }

    private static func principal(of credential: Credential) -> Principal {
        guard let role = credential.role.admin else { return .backend(name: credential.name) }
        return .admin(name: credential.name, role: role)
    }
}
