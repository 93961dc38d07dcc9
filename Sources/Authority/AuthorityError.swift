/// Why keys, certificates or the registry could not be used: one sentence, with what to do about it.
package struct AuthorityError: Error, Equatable, Sendable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
