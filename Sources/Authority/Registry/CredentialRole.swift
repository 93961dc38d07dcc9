import AdminProtocol

/// What a credential that is not a pool's may be used for.
package enum CredentialRole: String, Codable, Sendable, CaseIterable {
    /// The platform's side of the conversation with workers.
    case backend
    case viewer
    case `operator`
    case security

    /// Nil for the platform, which is nobody at the admin topic.
    package var admin: Role? {
        switch self {
        case .backend: nil
        case .viewer: .viewer
        case .operator: .operator
        case .security: .security
        }
    }
}
