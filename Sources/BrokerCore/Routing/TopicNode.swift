/// A topic that was published to, with what need not be found twice: its record and who wants it.
final class TopicNode {
    let name: [UInt8]
    let record: TopicRecord
    /// Where its messages are counted while they are kept.
    let holdings: Holdings
    /// Who wants it, as of `version` of the subscriptions.
    @exclusivity(unchecked) var routes: [Route] = [] {
        didSet { weigh() }
    }
    @exclusivity(unchecked) var groups: [ShareGroup] = []
    @exclusivity(unchecked) var version: UInt64 = 0
    private var weighed = 0

    init(name: [UInt8], record: TopicRecord, holdings: Holdings = Holdings()) {
        self.name = name
        self.holdings = holdings
        self.record = record
        weigh()
    }

    deinit {
        holdings.names &-= weighed
    }

    private func weigh() {
        let bytes = 512 &+ name.count &* 2 &+ routes.capacity &* MemoryLayout<Route>.stride
        holdings.names &+= bytes &- weighed
        weighed = bytes
    }
}

extension [UInt8] {
    /// Whether these are the bytes of that part of `bytes`; words at a time, because every message asks it.
    @inline(__always)
    func isEqual(to bytes: RawSpan, _ range: Range<Int>) -> Bool {
        guard count == range.count else { return false }
        let own = span.bytes
        var place = 0
        while place &+ 8 <= count {
            let one = own.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)
            let other = bytes.unsafeLoadUnaligned(fromByteOffset: range.lowerBound &+ place, as: UInt64.self)
            guard one == other else { return false }
            place &+= 8
        }
        while place < count {
            let one = own.unsafeLoad(fromByteOffset: place, as: UInt8.self)
            guard one == bytes.unsafeLoad(fromByteOffset: range.lowerBound &+ place, as: UInt8.self) else {
                return false
            }
            place &+= 1
        }
        return true
    }
}
