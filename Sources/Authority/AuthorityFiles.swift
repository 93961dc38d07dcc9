/// Certificates and keys that the operator keeps elsewhere than in the data directory: several brokers with the same
/// files are one installation to their workers.
package struct AuthorityFiles: Equatable, Sendable {
    /// A certificate and the key to it, both paths of PEM files.
    package struct Pair: Equatable, Sendable {
        package var certificate: String
        package var key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Signs pools, the platform and the broker.
    package var workers: Pair?
    /// Signs operators.
    package var admin: Pair?
    /// What the broker shows; a chain, leaf first.
    package var server: Pair?

    package init(workers: Pair? = nil, admin: Pair? = nil, server: Pair? = nil) {
        self.workers = workers
        self.admin = admin
        self.server = server
    }

    /// All files, to be watched.
    package var paths: [String] { [workers, admin, server].compactMap { $0 }.flatMap { [$0.certificate, $0.key] } }
}
