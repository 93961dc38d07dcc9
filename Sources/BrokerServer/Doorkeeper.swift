import AdminProtocol
import Authority
import BrokerCore
import Glibc
import Logging
import MQTTTransport
import NIOCore
import NIOPosix

/// Knows who is who: from what a socket proves to a principal, by the registry as it is now.
///
/// Confined to the broker's loop, but for reading the registry's file.
final class Doorkeeper: @unchecked Sendable {
    /// Why somebody is not let in; the sentence is for Denied and the log, the peer learns nothing. [SD-11]
    struct Refusal: Error, Equatable {
        let reason: String
        /// Of the certificate that was shown, and is not good.
        var fingerprint: String?
    }

    /// What a look at the file brought back to the loop.
    private struct Finding: Sendable {
        let stamp: FileStamp
        let registry: Result<Registry, AuthorityError>
    }

    private(set) var registry: Registry
    private let file: RegistryFile
    private let logger: Logger
    /// Of the file that is in force.
    private var stamp: FileStamp?
    private var setback: Setback<FileStamp>?
    private var expiries: [String: Int64] = [:]
    /// Who may use the admin socket, by name; looked up once, for a directory may be far away.
    private let users = Dictionary([geteuid(), 0].map { ($0, SystemUser.name($0)) }) { $1 }
    private(set) var isLooking = false

    init(_ file: RegistryFile, logger: Logger) throws(AuthorityError) {
        self.file = file
        self.logger = logger
        // The stamp first: what is written between the two is seen by the next look.
        stamp = file.stamp
        registry = try file.read()
        remember()
    }

    func isAdmin(_ listener: Int) -> Bool {
        switch Peer.Listener(number: listener) {
        case .adminSocket, .adminTLS: true
        case .workers, .open: false
        }
    }

    func recognise(_ facts: PeerFacts, at listener: Int, acceptedAt: Moment, now: Moment) -> Result<Peer, Refusal> {
        let listener = Peer.Listener(number: listener)
        var fingerprint: String?
        let principal: Principal
        switch listener {
        case .open: principal = .open
        case .adminSocket:
            guard let user = facts.user, let name = users[user] else {
                return .failure(
                    Refusal(reason: "user \(facts.user.map(String.init) ?? "unknown") may not use this socket"))
            }
            principal = .admin(name: name, role: .security)
        case .workers, .adminTLS:
            guard let certificate = facts.certificate else {
                return .failure(Refusal(reason: "it showed no certificate"))
            }
            let mark = Fingerprint.of(certificate)
            guard let known = registry.principal(fingerprint: mark) else {
                return .failure(
                    Refusal(reason: "certificate \(mark.prefix(16))… is unknown, reset or revoked", fingerprint: mark))
            }
            guard Doorkeeper.belongs(known, at: listener) else {
                return .failure(
                    Refusal(reason: "certificate \(mark.prefix(16))… is not for this listener", fingerprint: mark))
            }
            // A session that is resumed shows its certificate without having it looked at again.
            guard expiries[mark] ?? .max > now.wall else {
                return .failure(Refusal(reason: "certificate \(mark.prefix(16))… has expired", fingerprint: mark))
            }
            fingerprint = mark
            principal = known
        }
        return .success(
            Peer(
                listener: listener, principal: principal, address: facts.address, tls: facts.tls,
                fingerprint: fingerprint, certificateExpiresAt: fingerprint.flatMap { expiries[$0] },
                acceptedAt: acceptedAt))
    }

    private static func belongs(_ principal: Principal, at listener: Peer.Listener) -> Bool {
        switch principal {
        case .worker, .backend: listener == .workers
        case .admin: listener == .adminTLS
        case .open: listener == .open
        }
    }

    /// Reads the registry if its file has changed, away from the loop, and says what became different.
    ///
    /// A file that cannot be understood changes nothing: those who were known stay known. [SD-3]
    func look(on loop: any EventLoop, at now: Moment, _ changed: @escaping @Sendable (RegistryChanges) -> Void) {
        guard !isLooking else { return }
        isLooking = true
        let (file, known, setback) = (file, stamp, setback)
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) { () -> Finding? in
            guard let stamp = file.stamp, stamp != known else { return nil }
            if let setback, setback.holds(for: stamp, at: now) { return nil }
            return Finding(stamp: stamp, registry: Result { () throws(AuthorityError) in try file.read() })
        }.whenComplete { result in
            self.isLooking = false
            guard case .success(let finding?) = result, let changes = self.take(finding, at: now) else { return }
            changed(changes)
        }
    }

    private func take(_ finding: Finding, at now: Moment) -> RegistryChanges? {
        switch finding.registry {
        case .success(let newer):
            stamp = finding.stamp
            setback = nil
            let changes = registry.changes(to: newer)
            registry = newer
            remember()
            logger.info(
                "the registry was read again",
                metadata: ["pools": "\(newer.pools.count)", "revoked": "\(changes.revoked.count)"])
            return changes
        case .failure(let error):
            let setback = Setback(error.message, of: finding.stamp, after: setback, at: now)
            self.setback = setback
            guard setback.isNews else { return nil }
            logger.error("the registry is left as it was", metadata: ["reason": "\(setback.reason)"])
            return nil
        }
    }

    /// All certificates that are in force, to be warned of in time.
    var expiring: [CertificateExpiry.Certificate] {
        registry.pools.map { .init(name: "pool \($0.name)", expiresAt: $0.expiresAt) }
            + registry.credentials.filter { $0.revokedAt == nil }
            .map { .init(name: "credential \($0.name)", expiresAt: $0.expiresAt) }
    }

    private func remember() {
        expiries = Dictionary(
            registry.pools.map { ($0.fingerprint, $0.expiresAt) }
                + registry.credentials.map { ($0.fingerprint, $0.expiresAt) }, uniquingKeysWith: { $1 })
    }
}

extension Peer.Listener {
    /// As the transport numbers it; a number nobody gave out is the strictest.
    init(number: Int) {
        switch number {
        case 1: self = .adminSocket
        case 2: self = .adminTLS
        case 3: self = .open
        default: self = .workers
        }
    }

    var number: Int {
        switch self {
        case .workers: 0
        case .adminSocket: 1
        case .adminTLS: 2
        case .open: 3
        }
    }
}
