/// A place where messages outlive everything: what `append` has returned for is on the disk.
///
/// Used by one thread at a time, and may block it; only `contents` and `readCounts` may be
/// asked by another thread meanwhile.
package protocol MessageStore: AnyObject {
    /// Stores all of `messages` in their order, or none. One whose key is stored already is left as it is.
    func append(_ messages: [QueueMessage]) throws(StoreError)

    /// Stores a message that the queue cannot take apart, with why, for a person to look at. [T-55]
    func bury(_ message: QueueMessage, reason: String) throws(StoreError)

    /// Gives up the connection and opens a new one: after an error of the disk nothing that was cached is trusted. [T-51]
    func reopen() throws(StoreError)

    /// Puts the store in order after an `append` whose messages are acknowledged by now: only the next one waits for it.
    func settle()

    /// What waits there now. One thread asks, which need not be the one that writes.
    func contents(at now: Int64) throws(StoreError) -> StoreContents

    /// What all its readers have done, asked by the thread that asks for `contents`; nil where nobody but the store's own
    /// tools can know.
    func readCounts() throws(StoreError) -> ReadCounts?

    /// Gives messages up that were enqueued before `time`, some hundreds at most for a `limit` of that; answers how many.
    func expire(enqueuedBefore time: Int64, atMost limit: Int) throws(StoreError) -> Int

    func close()
}

extension MessageStore {
    /// A store that somebody else keeps in order has nothing to do here.
    package func settle() {}

    /// A store that keeps its own time has nothing to do here.
    package func expire(enqueuedBefore time: Int64, atMost limit: Int) throws(StoreError) -> Int { 0 }

    package func readCounts() throws(StoreError) -> ReadCounts? { nil }
}

/// How much a store holds.
package struct StoreContents: Equatable, Sendable {
    /// Counting stops here, and an estimate begins.
    static let counted: Int64 = 100_000

    package var depth: Int64
    /// Of them, how many no reader has now; nil if nobody knows.
    package var visible: Int64?
    /// Milliseconds; nil while nothing waits.
    package var oldestAge: Int64?
    package var deadLetters: Int64
    /// What is wrong with the store although it works, such as settings that lose messages; nil if nothing is.
    package var warning: String?

    package init(
        depth: Int64, visible: Int64? = nil, oldestAge: Int64? = nil, deadLetters: Int64 = 0, warning: String? = nil
    ) {
        self.depth = depth
        self.visible = visible
        self.oldestAge = oldestAge
        self.deadLetters = deadLetters
        self.warning = warning
    }
}

/// Why a store did not do it.
package enum StoreError: Error, Equatable, Sendable {
    /// The store is away, full or broken: after `reopen` the same again may succeed.
    case unavailable(String)
    /// Somebody else is in the way: the same again may succeed later, and nothing has to be opened anew for it.
    case busy(String)
    /// The message itself is refused: the same again will be refused again.
    case refused(String)

    /// Whether the store is to be opened anew before it is asked again.
    var isOfTheConnection: Bool {
        switch self {
        case .unavailable: true
        case .busy, .refused: false
        }
    }
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let reason), .busy(let reason), .refused(let reason): reason
        }
    }
}
