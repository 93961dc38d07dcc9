/// A queue as its consumers see it, with the semantics of SQS: at least once, order not promised.
///
/// Everything here can be done in plain SQL as well; the documentation's `ReadingTheQueue` says how. Used by one
/// thread at a time, and may block it.
package protocol MessageSource: AnyObject {
    /// Takes up to `limit` messages, which nobody else gets for `visibility` milliseconds. What was received too often
    /// goes to the dead letters instead.
    func receive(atMost limit: Int, visibility: Int64) throws(StoreError) -> [ReceivedMessage]

    /// Returns when there may be something to receive, after so many milliseconds at the latest.
    func awaitNews(atMost milliseconds: Int64) throws(StoreError)

    /// Removes messages that are dealt with. Answers the receipts that are stale: these messages are somebody else's
    /// now, or gone.
    func delete(_ receipts: [Receipt]) throws(StoreError) -> [Receipt]

    /// Lets a message be received again in so many milliseconds from now; false if the receipt is stale.
    func changeVisibility(of receipt: Receipt, to milliseconds: Int64) throws(StoreError) -> Bool

    /// Looks at messages in the order of their ids without taking them.
    func peek(atMost limit: Int, after id: Int64) throws(StoreError) -> [WaitingMessage]

    func deadLetters(atMost limit: Int, after id: Int64) throws(StoreError) -> [DeadLetter]

    /// Puts up to `limit` dead letters back into the queue as if never received, those of `ids` or any; answers how
    /// many. Their time begins anew: what lay among the dead letters for long would be given up as too old at once.
    func redrive(_ ids: [Int64]?, atMost limit: Int) throws(StoreError) -> Int

    func contents(at now: Int64) throws(StoreError) -> StoreContents

    /// What this reader has done.
    var counts: ReadCounts { get }
}

extension MessageSource {
    /// Receives, waiting for up to `wait` milliseconds until there is something: a long poll.
    package func receive(atMost limit: Int, visibility: Int64, wait: Int64) throws(StoreError) -> [ReceivedMessage] {
        let end = QueueClock.steady() + wait
        while true {
            let messages = try receive(atMost: limit, visibility: visibility)
            let left = end - QueueClock.steady()
            guard messages.isEmpty, left > 0 else { return messages }
            try awaitNews(atMost: left)
        }
    }
}

/// How a queue treats its readers, as the platform's SQS queue does.
package enum QueuePolicy {
    /// Messages per receive.
    package static let mostReceived = 10
    /// How long a received message is out of sight, unless the reader says otherwise.
    package static let visibility: Int64 = 45_000
    package static let longestVisibility: Int64 = 43_200_000
    package static let longestWait: Int64 = 20_000
    /// A message that was received so often and is still there is a dead letter.
    package static let mostReceives: Int64 = 3
    /// What nobody has dealt with for so long is given up, and counted.
    package static let retention: Int64 = 4 * 86_400_000
}

/// The right to delete a received message, until somebody else has received it.
package struct Receipt: Equatable, Hashable, Sendable {
    package let id: Int64
    /// Which receive it was: another one makes this receipt stale.
    package let receives: Int64

    package init(id: Int64, receives: Int64) {
        self.id = id
        self.receives = receives
    }

    /// Nil unless `text` is a receipt as `description` writes them.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count <= 19 && $0.allSatisfy { (48...57).contains($0) } }),
            let id = Int64(String(decoding: parts[0], as: UTF8.self)),
            let receives = Int64(String(decoding: parts[1], as: UTF8.self)), id > 0, receives > 0
        else { return nil }
        self.init(id: id, receives: receives)
    }
}

extension Receipt: CustomStringConvertible {
    package var description: String { "\(id)-\(receives)" }
}

package struct ReceivedMessage: Equatable, Sendable {
    package let receipt: Receipt
    /// Base64 of a JSON object; see `MessageBody`.
    package let body: [UInt8]
    /// Milliseconds since 1970.
    package let enqueuedAt: Int64
}

package struct WaitingMessage: Equatable, Sendable {
    package let id: Int64
    package let body: [UInt8]
    package let enqueuedAt: Int64
    /// In the future while a reader has it.
    package let visibleAt: Int64
    package let receives: Int64
}

package struct DeadLetter: Equatable, Sendable {
    package let id: Int64
    package let body: [UInt8]
    package let enqueuedAt: Int64
    package let buriedAt: Int64
    package let receives: Int64
    package let reason: String
}

/// What a reader has done since it was made, under the names of the platform's metrics.
package struct ReadCounts: Equatable, Sendable {
    package var received: Int64 = 0
    package var changedVisibility: Int64 = 0
    package var deleted: Int64 = 0

    package init() {}
}
