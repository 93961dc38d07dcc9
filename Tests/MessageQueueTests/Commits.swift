import BrokerCore
import Synchronization

/// What a writer said is safe.
final class Commits: Sendable {
    private let ranges = Mutex<[ClosedRange<Ticket>]>([])

    var all: [ClosedRange<Ticket>] { ranges.withLock { $0 } }
    var count: Int { all.reduce(0) { $0 + $1.count } }
    func note(_ range: ClosedRange<Ticket>) { ranges.withLock { $0.append(range) } }
}
