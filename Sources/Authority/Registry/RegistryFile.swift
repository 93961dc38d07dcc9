import BrokerCore
import FoundationEssentials

/// The registry on disk: one JSON file, replaced at once, changed by one process at a time.
///
/// A file that cannot be understood is an error, never an empty registry. [T-36]
package struct RegistryFile: Sendable {
    static let name = "registry.json"
    /// Some 30,000 pools.
    static let largest = 16 << 20

    package let directory: DataDirectory

    package init(in directory: DataDirectory) {
        self.directory = directory
    }

    /// Which version of the file is there now: ask twice a second, read when it differs.
    package var stamp: FileStamp? { FileStamp(of: directory.path(of: RegistryFile.name)) }

    package func read() throws(AuthorityError) -> Registry { try RegistryFile.read(from: directory) }

    /// Changes the registry, alone, and returns what `change` made of it.
    package func update<Result>(_ change: (inout Registry) throws -> Result) throws -> Result {
        try directory.whileLocked { locked in
            var registry = try read()
            let result = try change(&registry)
            try RegistryFile.write(registry, in: locked)
            return result
        }
    }

    static func exists(in directory: DataDirectory) -> Bool { directory.holds(name) }

    static func read(from directory: DataDirectory) throws(AuthorityError) -> Registry {
        let bytes = try directory.readSecret(name, atMost: largest)
        let document: Document
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            document = try decoder.decode(Document.self, from: Data(bytes))
        } catch {
            throw AuthorityError("\(directory.path(of: name)) is damaged: restore it from a copy")
        }
        guard document.version == 1 else {
            throw AuthorityError("\(directory.path(of: name)) is of version \(document.version); this program knows 1")
        }
        do {
            return try document.registry()
        } catch {
            throw AuthorityError("\(directory.path(of: name)) is damaged: \(error.message)")
        }
    }

    static func write(_ registry: Registry, in locked: LockedDataDirectory) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try locked.replace(name, with: encoder.encode(Document(registry)))
    }

    /// The form on disk; apart from `Registry`, so that the one can change without the other.
    private struct Document: Codable {
        struct Pool: Codable {
            var id: String
            var name: String
            var fingerprint: String
            var createdAt: Int64
            var issuedAt: Int64
            var expiresAt: Int64
            var generation: Int
        }

        struct Credential: Codable {
            var name: String
            var role: CredentialRole
            var fingerprint: String
            var createdAt: Int64
            var expiresAt: Int64
            var revokedAt: Int64?
        }

        var version: Int
        var pools: [Pool]
        var credentials: [Credential]

        init(_ registry: Registry) {
            version = 1
            pools = registry.pools.map {
                Pool(
                    id: $0.id.description, name: $0.name, fingerprint: $0.fingerprint, createdAt: $0.createdAt,
                    issuedAt: $0.issuedAt, expiresAt: $0.expiresAt, generation: $0.generation)
            }
            credentials = registry.credentials.map {
                Credential(
                    name: $0.name, role: $0.role, fingerprint: $0.fingerprint, createdAt: $0.createdAt,
                    expiresAt: $0.expiresAt, revokedAt: $0.revokedAt)
            }
        }

        func registry() throws(AuthorityError) -> Registry {
            var known: [Registry.Pool] = []
            for pool in pools {
                guard let id = ULID(pool.id) else { throw AuthorityError("\"\(pool.id)\" is not a pool's id") }
                guard pool.generation >= 1, pool.generation < 1 << 32 else {
                    throw AuthorityError("pool \(id) has no usable generation")
                }
                known.append(
                    Registry.Pool(
                        id: id, name: pool.name, fingerprint: pool.fingerprint, createdAt: pool.createdAt,
                        issuedAt: pool.issuedAt, expiresAt: pool.expiresAt, generation: pool.generation))
            }
            return try Registry(
                pools: known,
                credentials: credentials.map {
                    Registry.Credential(
                        name: $0.name, role: $0.role, fingerprint: $0.fingerprint, createdAt: $0.createdAt,
                        expiresAt: $0.expiresAt, revokedAt: $0.revokedAt)
                })
        }
    }
}
