import BrokerCore

/// What is different in a newer registry, as far as a running broker has to act on it.
package struct RegistryChanges: Equatable, Sendable {
    package struct Revocation: Equatable, Sendable {
        package var fingerprint: String
        /// Whom the certificate stood for.
        package var principal: Principal
    }

    /// Certificates that no longer stand for whom they stood for: their sessions end within a second. [T-34]
    package var revoked: [Revocation]
    /// All pools, if any was added, removed or renamed.
    package var pools: [ULID: String]?

    package var isEmpty: Bool { revoked.isEmpty && pools == nil }
}
