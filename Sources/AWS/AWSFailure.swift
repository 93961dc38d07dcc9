/// Why AWS, or the way there, did not do it; one sentence that names no secret.
package struct AWSFailure: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        /// No answer, a broken one, or an error of the service's own: the same again may succeed.
        case unavailable
        /// Too much at once: the same again later.
        case throttled
        /// The clock here and the one there differ; `AWSClient` mends that by itself once.
        case clockSkew
        /// The credentials are wrong, ended or may not do this: somebody has to look.
        case denied
        /// The request itself is refused.
        case refused
    }

    package var kind: Kind
    package var description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
