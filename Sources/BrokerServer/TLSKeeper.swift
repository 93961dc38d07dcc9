import AdminProtocol
import Authority
import BrokerCore
import Glibc
import Logging
import MQTTTransport
import NIOCore
import NIOPosix

/// Keeps the listeners' certificates good without a restart: reads them again when their files change, when it is asked
/// to, and when the broker's own comes to its end. [T-36, T-37, SD-4]
///
/// All is read and understood before anything is replaced; what cannot be read leaves the old ones in force, and says so.
/// Confined to the broker's loop, but for the reading.
final class TLSKeeper: @unchecked Sendable {
    /// All that listeners need, as it was read together.
    struct Papers: Sendable {
        let workers: ServerTLS
        let admin: ServerTLS
        let expiries: [CertificateExpiry.Certificate]

        init(_ authority: Authority, host: String) throws {
            let identity = try authority.serverIdentity(for: host)
            func tls(_ clients: CertificateAuthority) throws -> ServerTLS {
                try ServerTLS(
                    certificate: Array(identity.certificatePEM.utf8), key: Array(identity.privateKeyPEM.utf8),
                    clients: Array(clients.certificatePEM.utf8))
            }
            workers = try tls(authority.workers)
            admin = try tls(authority.admin)
            expiries = [
                .init(name: "the broker", expiresAt: identity.expiresAt),
                .init(name: "the workers authority", expiresAt: authority.workers.expiresAt),
                .init(name: "the admin authority", expiresAt: authority.admin.expiresAt),
            ]
        }
    }

    let workers: TLSInForce
    let admin: TLSInForce
    private(set) var expiries: [CertificateExpiry.Certificate]
    private let configuration: Configuration
    private let logger: Logger
    /// Of the files that are in force.
    private var stamps: [FileStamp?]
    /// Of files that could not be used, and why: said once, however often they are tried again.
    private var failure: (stamps: [FileStamp?], reason: String)?
    private var isReading = false
    /// Asked for while it was reading.
    private var isWanted = false

    /// Throws if what is there cannot be used: a broker does not start with less than it was told to.
    init(_ authority: Authority, _ configuration: Configuration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        // The stamps first: what is written between the two is seen by the next look.
        stamps = TLSKeeper.stamps(configuration)
        let papers = try Papers(authority, host: configuration.endpoint.host)
        workers = TLSInForce(papers.workers)
        admin = TLSInForce(papers.admin)
        expiries = papers.expiries
    }

    private static func stamps(_ configuration: Configuration) -> [FileStamp?] {
        configuration.papers.paths.map { FileStamp(of: $0) }
    }

    /// Reads again if a file has changed.
    func look(on loop: any EventLoop, _ told: @escaping @Sendable (String) -> Void) {
        guard !configuration.papers.paths.isEmpty, !isReading else { return }
        let seen = TLSKeeper.stamps(configuration)
        // A file that is away for a moment is being replaced.
        guard seen != stamps, !seen.contains(nil) else { return }
        read(on: loop, repeating: false, told)
    }

    /// Reads again now; what became of it is told in one sentence.
    ///
    /// What cannot be used is tried again at every look, but not complained of again unless `repeating`.
    func read(on loop: any EventLoop, repeating: Bool = true, _ told: @escaping @Sendable (String) -> Void) {
        guard !isReading else {
            isWanted = true
            return
        }
        isReading = true
        let configuration = configuration
        let seen = TLSKeeper.stamps(configuration)
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
            let directory = try DataDirectory(configuration.dataDirectory)
            return try Papers(
                Authority(in: directory, files: configuration.papers), host: configuration.endpoint.host)
        }.whenComplete { result in
            self.isReading = false
            switch result {
            case .success(let papers):
                self.stamps = seen
                self.failure = nil
                self.workers.current = papers.workers
                self.admin.current = papers.admin
                self.expiries = papers.expiries
                self.logger.info("certificates were read again")
                told("certificates were read again")
            case .failure(let error):
                let failure = (stamps: seen, reason: "\(error)")
                let isKnown = self.failure.map { $0 == failure } ?? false
                self.failure = failure
                guard repeating || !isKnown else { break }
                self.logger.error("the certificates are left as they were", metadata: ["reason": "\(failure.reason)"])
                told("the certificates are left as they were: \(failure.reason)")
            }
            if self.isWanted {
                self.isWanted = false
                self.read(on: loop, told)
            }
        }
    }
}
