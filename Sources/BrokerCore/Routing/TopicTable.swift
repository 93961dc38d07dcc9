/// The topics in use, by their bytes: open addressing, looked up without making a key.
///
/// It only remembers what can be found again, so when it is full it forgets all of it. [T-16]
struct TopicTable {
    private var places: [TopicNode?]
    private var count = 0
    private let most: Int
    /// Chosen per start, so that nobody can prepare names that collide.
    private let seed: UInt64

    init(most: Int, seed: UInt64) {
        self.most = most
        self.seed = seed
        places = Array(repeating: nil, count: 256)
    }

    func find(_ bytes: RawSpan, _ range: Range<Int>) -> TopicNode? {
        let mask = places.count - 1
        var place = hash(bytes, range) & mask
        while let node = places[place] {
            if node.name.isEqual(to: bytes, range) { return node }
            place = (place + 1) & mask
        }
        return nil
    }

    mutating func insert(_ node: TopicNode) {
        if count >= most { removeAll() }
        if count * 2 >= places.count { grow() }
        place(node)
        count += 1
    }

    mutating func removeAll() {
        places = Array(repeating: nil, count: 256)
        count = 0
    }

    private mutating func place(_ node: TopicNode) {
        let mask = places.count - 1
        let name = node.name
        var place = hash(name.span.bytes, 0..<name.count) & mask
        while places[place] != nil { place = (place + 1) & mask }
        places[place] = node
    }

    private mutating func grow() {
        let old = places
        places = Array(repeating: nil, count: old.count * 2)
        for case .some(let node) in old { place(node) }
    }

    private func hash(_ bytes: RawSpan, _ range: Range<Int>) -> Int {
        var state = seed ^ UInt64(truncatingIfNeeded: range.count)
        var place = range.lowerBound
        while place &+ 8 <= range.upperBound {
            let word = bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)
            state = TopicTable.mix(state ^ word)
            place &+= 8
        }
        var rest: UInt64 = 0
        while place < range.upperBound {
            rest = rest << 8 | UInt64(bytes.unsafeLoad(fromByteOffset: place, as: UInt8.self))
            place &+= 1
        }
        state = TopicTable.mix(state ^ rest)
        return Int(truncatingIfNeeded: state & 0x7FFF_FFFF_FFFF_FFFF)
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let wide = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return wide.high ^ wide.low
    }
}
