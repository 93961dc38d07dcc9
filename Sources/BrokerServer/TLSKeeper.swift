import AdminProtocol
import Authority
import BrokerCore
import Logging
import MQTTTransport
import MessageQueue
import NIOCore

/// Keeps the listeners' certificates good without a restart: reads them again when their files change, when it is asked
/// to, and when the broker's own comes to its end. [T-36, T-37, SD-4]
///
/// All is read and understood before anything is replaced; what cannot be read leaves the old ones in force, and says so.
/// Confined to the broker's loop, but for whatever touches a file: an operator may have put those on a server that hangs.
final class TLSKeeper: @unchecked Sendable {
    /// All that listeners need, as it was read together.
    struct Papers: Sendable {
        /// What they are made from: as long as it is the same, so are they.
        struct Source: Equatable, Sendable {
            let identity: ServerIdentity
            let workers: String
            let admin: String
        }

        let source: Source
        let workers: ServerTLS
        let admin: ServerTLS
        let expiries: [CertificateExpiry.Certificate]

        init(_ configuration: Configuration) throws {
            let authority = try Authority(
                in: DataDirectory(configuration.dataDirectory), files: configuration.papers)
            let identity = try authority.serverIdentity(for: configuration.endpoint.host)
            func tls(_ clients: CertificateAuthority) throws -> ServerTLS {
                try ServerTLS(
                    certificate: Array(identity.certificatePEM.utf8), key: Array(identity.privateKeyPEM.utf8),
                    clients: Array(clients.certificatePEM.utf8))
            }
            source = Source(
                identity: identity, workers: authority.workers.certificatePEM, admin: authority.admin.certificatePEM)
            workers = try tls(authority.workers)
            admin = try tls(authority.admin)
            expiries = [
                .init(name: "the broker", expiresAt: identity.expiresAt),
                .init(name: "the workers authority", expiresAt: authority.workers.expiresAt),
                .init(name: "the admin authority", expiresAt: authority.admin.expiresAt),
            ]
        }
    }

    /// Why it reads.
    enum Occasion {
        /// A file may have changed; if none has, nothing is read.
        case look
        /// The broker's own certificate may near its end.
        case hour
        /// Somebody asked, and hears in any case what became of it.
        case request
    }

    /// What a reading brought back to the loop.
    private struct Finding: Sendable {
        let stamps: [FileStamp?]
        let papers: Result<Papers, any Error>

        /// Nil if the stamps are not worth it.
        init?(_ configuration: Configuration, if isWorthIt: ([FileStamp?]) -> Bool) {
            // The stamps first: what is written between the two is seen by the next look.
            stamps = TLSKeeper.stamps(configuration)
            guard isWorthIt(stamps) else { return nil }
            papers = Result { try Papers(configuration) }
        }

        init(_ failure: any Error, at stamps: [FileStamp?]) {
            self.stamps = stamps
            papers = .failure(failure)
        }
    }

    let workers: TLSInForce
    let admin: TLSInForce
    private(set) var expiries: [CertificateExpiry.Certificate]
    private let configuration: Configuration
    private let logger: Logger
    private var source: Papers.Source
    /// Of the files that are in force.
    private var stamps: [FileStamp?]
    private var setback: Setback<[FileStamp?]>?
    private var isReading = false
    /// Asked for while it was reading.
    private var isWanted = false

    /// Throws if what is there cannot be used: a broker does not start with less than it was told to.
    init(_ configuration: Configuration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        stamps = TLSKeeper.stamps(configuration)
        let papers = try Papers(configuration)
        source = papers.source
        workers = TLSInForce(papers.workers)
        admin = TLSInForce(papers.admin)
        expiries = papers.expiries
    }

    private static func stamps(_ configuration: Configuration) -> [FileStamp?] {
        configuration.papers.paths.map { FileStamp(of: $0) }
    }

    /// Reads again, on a thread of its own, one at a time; what became of it is told in one sentence, if it is news.
    func read(
        for occasion: Occasion, on loop: any EventLoop, at now: Moment, _ told: @escaping @Sendable (String) -> Void
    ) {
        if occasion == .look, configuration.papers.paths.isEmpty { return }
        guard !isReading else {
            if occasion == .request { isWanted = true }
            return
        }
        isReading = true
        let (configuration, known, setback) = (configuration, stamps, setback)
        do throws(StoreError) {
            try OwnThread.start("certificates") {
                let finding = Finding(configuration) { stamps in
                    guard occasion == .look else { return true }
                    // A file that is away for a moment is being replaced.
                    if stamps == known || stamps.contains(nil) { return false }
                    return setback?.holds(for: stamps, at: now) != true
                }
                loop.execute {
                    self.isReading = false
                    if let finding { self.take(finding, occasion, at: now, told) }
                    guard self.isWanted else { return }
                    self.isWanted = false
                    self.read(for: .request, on: loop, at: now, told)
                }
            }
        } catch {
            isReading = false
            take(Finding(error, at: stamps), occasion, at: now, told)
        }
    }

    private func take(_ finding: Finding, _ occasion: Occasion, at now: Moment, _ told: (String) -> Void) {
        switch finding.papers {
        case .success(let papers):
            let isNews = papers.source != source || setback != nil || occasion == .request
            stamps = finding.stamps
            setback = nil
            // With another context, the tickets of the old one are void: nobody loses them for nothing. [T-72]
            if papers.source != source {
                source = papers.source
                workers.current = papers.workers
                admin.current = papers.admin
                expiries = papers.expiries
            }
            guard isNews else { return }
            logger.info("certificates were read again")
            told("certificates were read again")
        case .failure(let error):
            let setback = Setback("\(error)", of: finding.stamps, after: setback, at: now)
            self.setback = setback
            guard setback.isNews || occasion == .request else { return }
            logger.error("the certificates are left as they were", metadata: ["reason": "\(setback.reason)"])
            told("the certificates are left as they were: \(setback.reason)")
        }
    }
}
