import CTerminal
import Synchronization

/// Where other threads leave messages for the main thread, which a bell wakes.
///
/// It never grows without bound: a message may take the place of older ones that it makes pointless, and when the main
/// thread does not come to read, those that can be repaired are dropped.
package final class Mailbox<Message: Sendable>: Sendable {
    /// What a newcomer means for a message that still waits.
    package enum Verdict: Sendable {
        case keep
        /// The newcomer says all that this one said.
        case replace
    }

    private let letters = Mutex<[Message]>([])
    private let limit: Int
    private let verdict: @Sendable (_ waiting: Message, _ newcomer: Message) -> Verdict
    private let isExpendable: @Sendable (Message) -> Bool
    let bell: Int32

    /// - Parameters:
    ///   - limit: how many wait at most before expendable ones go; a picture is drawn ten times a second, so a full
    ///     mailbox means a stopped one.
    ///   - isExpendable: whether the reader notices a missing message by itself, as it does in a numbered stream.
    package init(
        limit: Int = 2048,
        verdict: @escaping @Sendable (_ waiting: Message, _ newcomer: Message) -> Verdict = { _, _ in .keep },
        isExpendable: @escaping @Sendable (Message) -> Bool = { _ in false }
    ) {
        self.limit = limit
        self.verdict = verdict
        self.isExpendable = isExpendable
        bell = ct_bell_open()
    }

    deinit {
        ct_close_descriptor(bell)
    }

    /// Leaves a message; any thread.
    package func post(_ message: Message) {
        let wasEmpty = letters.withLock { letters in
            let wasEmpty = letters.isEmpty
            letters.removeAll { verdict($0, message) == .replace }
            if letters.count >= limit { letters.removeAll(where: isExpendable) }
            letters.append(message)
            return wasEmpty
        }
        if wasEmpty { ct_bell_ring(bell) }
    }

    /// Takes all that waits, oldest first.
    package func take() -> [Message] {
        ct_bell_clear(bell)
        return letters.withLock { letters in
            defer { letters.removeAll(keepingCapacity: true) }
            return letters
        }
    }
}
