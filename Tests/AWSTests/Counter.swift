import NIOConcurrencyHelpers

/// Counts calls of a server's reply.
final class Counter: Sendable {
    private let box = NIOLockedValueBox(0)

    /// 0, 1, 2 and so on.
    func next() -> Int {
        box.withLockedValue {
            $0 += 1
            return $0 - 1
        }
    }
}
