import FoundationEssentials

/// The two authorities of an installation: one for workers, platform and broker, one for operators.
///
/// Two, so that no pool's certificate is ever a candidate at the operators' door.
package struct Authority: Sendable {
    package let directory: DataDirectory
    private let files: AuthorityFiles
    /// Signs the broker's certificate, the pools' and the platform's.
    package let workers: CertificateAuthority
    /// Signs the certificates of operators.
    package let admin: CertificateAuthority

    private static let folder = "authority"
    private static let serverFile = "server.json"
    private static let endpointFile = "endpoint"

    /// Opens the authorities of `directory`; on first start makes them and an empty registry, all at once or not at all.
    ///
    /// What `files` name stands in the place of the directory's own.
    package init(
        in directory: DataDirectory, files: AuthorityFiles = AuthorityFiles(), at now: Int64 = WallClock.now()
    ) throws {
        if !directory.holds(Authority.folder) {
            try directory.whileLocked { try Authority.make(in: $0, at: now) }
        }
        guard RegistryFile.exists(in: directory) else {
            throw AuthorityError(
                "\(directory.path(of: RegistryFile.name)) is missing while the authority's keys are there:"
                    + " restore it, or remove \(directory.path(of: Authority.folder)) to begin anew")
        }
        self.directory = directory
        self.files = files
        workers = try files.workers.map(Authority.load) ?? Authority.load("workers", from: directory)
        admin = try files.admin.map(Authority.load) ?? Authority.load("admin", from: directory)
    }

    /// The broker's certificate for `host`; a new one when the host changed or the old one nears its end.
    package func serverIdentity(for host: String, at now: Int64 = WallClock.now()) throws -> ServerIdentity {
        if let pair = files.server { return try ServerIdentity(reading: pair, host: host, of: workers, at: now) }
        return try directory.whileLocked { locked in
            if directory.holds(Authority.serverFile) {
                let bytes = try directory.readSecret(Authority.serverFile)
                // A file that cannot be understood is of no use to anyone, and a new one costs nothing.
                if let document = try? JSONDecoder().decode(ServerIdentity.Document.self, from: Data(bytes)),
                    document.identity.isGood(for: host, of: workers, at: now)
                {
                    return document.identity
                }
            }
            let identity = try ServerIdentity.make(signedBy: workers, host: host, at: now)
            try locked.replace(Authority.serverFile, with: JSONEncoder().encode(identity.document))
            return identity
        }
    }

    /// Looks at all that a start opens, and makes nothing: where there is no directory yet, or nothing in it, a start
    /// makes new authorities.
    package static func check(
        _ files: AuthorityFiles, in directory: DataDirectory?, host: String, at now: Int64 = WallClock.now()
    ) throws {
        let workers: CertificateAuthority?
        if let directory, directory.holds(folder) {
            workers = try Authority(in: directory, files: files, at: now).workers
            _ = try RegistryFile(in: directory).read()
        } else {
            workers = try files.workers.map(load)
            _ = try files.admin.map(load)
        }
        guard let pair = files.server else { return }
        _ = try ServerIdentity(reading: pair, host: host, of: workers, at: now)
    }

    /// Remembers where workers reach the broker, for tokens that are made while it does not run.
    package func remember(_ endpoint: Endpoint) throws {
        if let known = try? self.endpoint(), known == endpoint { return }
        try directory.whileLocked { try $0.replace(Authority.endpointFile, with: Array("\(endpoint)\n".utf8)) }
    }

    /// Where the broker was last reached; nil before its first start.
    package func endpoint() throws(AuthorityError) -> Endpoint? {
        guard directory.holds(Authority.endpointFile) else { return nil }
        let bytes = try directory.read(Authority.endpointFile, atMost: 1_024)
        return try Endpoint(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    private static func make(in locked: LockedDataDirectory, at now: Int64) throws {
        // Another process may have been first while this one waited for the lock.
        guard !locked.directory.holds(folder) else { return }
        if RegistryFile.exists(in: locked.directory) {
            let registry = try RegistryFile.read(from: locked.directory)
            guard registry.isEmpty else {
                throw AuthorityError(
                    "\(locked.directory.path(of: folder)) is missing while the registry knows certificates that it"
                        + " signed: restore it, or remove \(locked.directory.path(of: RegistryFile.name))"
                        + " to begin anew")
            }
        } else {
            try RegistryFile.write(Registry(), in: locked)
        }
        let workers = try CertificateAuthority.make(named: "Signalbox workers authority", at: now)
        let admin = try CertificateAuthority.make(named: "Signalbox admin authority", at: now)
        try locked.makeDirectory(
            folder,
            holding: [
                ("workers.key", Array(workers.privateKeyPEM.utf8)),
                ("workers.crt", Array(workers.certificatePEM.utf8)),
                ("admin.key", Array(admin.privateKeyPEM.utf8)),
                ("admin.crt", Array(admin.certificatePEM.utf8)),
            ])
    }

    private static func load(_ pair: AuthorityFiles.Pair) throws -> CertificateAuthority {
        let key = try File.read(pair.key, atMost: 65_536, secret: true)
        let certificate = try File.read(pair.certificate, atMost: 65_536)
        do {
            return try CertificateAuthority(
                certificatePEM: String(decoding: certificate, as: UTF8.self),
                privateKeyPEM: String(decoding: key, as: UTF8.self))
        } catch {
            throw AuthorityError("\(pair.key) and \(pair.certificate) are not a key and its certificate")
        }
    }

    private static func load(_ name: String, from directory: DataDirectory) throws -> CertificateAuthority {
        let key = try directory.readSecret("\(folder)/\(name).key", atMost: 65_536)
        let certificate = try directory.read("\(folder)/\(name).crt", atMost: 65_536)
        do {
            return try CertificateAuthority(
                certificatePEM: String(decoding: certificate, as: UTF8.self),
                privateKeyPEM: String(decoding: key, as: UTF8.self))
        } catch {
            throw AuthorityError(
                "\(directory.path(of: "\(folder)/\(name).key")) and \(name).crt beside it are not a key"
                    + " and its certificate: restore both")
        }
    }
}
