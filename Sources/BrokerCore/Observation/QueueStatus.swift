import AdminProtocol

/// What the server knows of the durable queue, told to the core about once a second.
package struct QueueStatus: Equatable, Sendable {
    package var depth: Int64?
    package var oldestAge: Milliseconds?
    package var deadLetters: Int64
    /// Why the store does not commit now; nil while it does.
    package var trouble: String?
    /// What is wrong with the store although it commits, such as settings that lose messages; nil if nothing is.
    package var warning: String?

    package init(
        depth: Int64? = nil, oldestAge: Milliseconds? = nil, deadLetters: Int64 = 0, trouble: String? = nil,
        warning: String? = nil
    ) {
        self.depth = depth
        self.oldestAge = oldestAge
        self.deadLetters = deadLetters
        self.trouble = trouble
        self.warning = warning
    }
}
