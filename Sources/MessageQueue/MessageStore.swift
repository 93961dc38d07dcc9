/// A place where messages outlive everything: what `append` has returned for is on the disk.
///
/// Used by one thread at a time, and may block it.
package protocol MessageStore: AnyObject {
    /// Stores all of `messages` in their order, or none. One whose key is stored already is left as it is.
    func append(_ messages: [QueueMessage]) throws(StoreError)

    /// Stores a message that the queue cannot take apart, with why, for a person to look at. [T-55]
    func bury(_ message: QueueMessage, reason: String) throws(StoreError)

    /// Gives up the connection and opens a new one: after an error of the disk nothing that was cached is trusted. [T-51]
    func reopen() throws(StoreError)

    /// What waits there now.
    func contents(at now: Int64) throws(StoreError) -> StoreContents

    func close()
}

/// How much a store holds.
package struct StoreContents: Equatable, Sendable {
    package var depth: Int64
    /// Milliseconds; nil while nothing waits.
    package var oldestAge: Int64?
    package var deadLetters: Int64
    /// What is wrong with the store although it works, such as settings that lose messages; nil if nothing is.
    package var warning: String?

    package init(depth: Int64, oldestAge: Int64? = nil, deadLetters: Int64 = 0, warning: String? = nil) {
        self.depth = depth
        self.oldestAge = oldestAge
        self.deadLetters = deadLetters
        self.warning = warning
    }
}

/// Why a store did not do it.
package enum StoreError: Error, Equatable, Sendable {
    /// The store is away, locked, full or broken: the same again may succeed later.
    case unavailable(String)
    /// The message itself is refused: the same again will be refused again.
    case refused(String)
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let reason), .refused(let reason): reason
        }
    }
}
