/// Who signs: a key of an AWS account or of a role.
///
/// Printed, it shows nothing of itself. [SD-10]
package struct Credentials: Equatable, Sendable {
    package var accessKeyID: String
    package var secretAccessKey: String
    /// Keys of a role are worth nothing without it.
    package var sessionToken: String?
    /// Seconds since 1970; nil for keys without an end.
    package var expiresAt: Int64?

    package init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiresAt: Int64? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiresAt = expiresAt
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "credentials ***" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
