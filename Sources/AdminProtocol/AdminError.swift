/// Why a request was refused: a code for programs, one sentence for people.
package struct AdminError: Error, Codable, Equatable, Sendable {
    package enum Code: String, Codable, Sendable {
        case malformed
        case unknownCommand = "unknown_command"
        case forbidden
        case badArgument = "bad_argument"
        case notFound = "not_found"
        /// What was named has changed since it was listed.
        case stale
        /// The same id came with another body.
        case conflict
        case rateLimited = "rate_limited"
        case unavailable
    }

    package var code: Code
    package var message: String
    /// The place in the request, such as `args.epoch`.
    package var field: String?

    package init(_ code: Code, _ message: String, field: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
    }
}
