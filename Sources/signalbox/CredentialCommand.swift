import AdminProtocol
import ArgumentParser
import Authority

/// `signalbox credential`: certificates of the platform and of operators.
struct CredentialCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credential",
        abstract: "Issue, list and revoke the credentials of the platform and of operators.",
        discussion: """
            Works on the data directory, whether the broker runs or not; a running one follows within a second.
            """,
        subcommands: [CredentialIssue.self, CredentialList.self, CredentialRevoke.self])

    static func json(_ credential: Registry.Credential) -> JSON {
        .object([
            .init("name", .string(credential.name)), .init("role", .string(credential.role.rawValue)),
            .init("fingerprint", .string(credential.fingerprint)), .init("created_at", .int(credential.createdAt)),
            .init("expires_at", .int(credential.expiresAt)),
            .init("revoked_at", credential.revokedAt.map { .int($0) } ?? .null),
        ])
    }
}

extension CredentialRole: ExpressibleByArgument {}
