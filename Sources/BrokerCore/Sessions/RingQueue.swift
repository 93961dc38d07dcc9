/// A queue in one array: put in at the back, taken from the front, looked at by place.
struct RingQueue<Element> {
    private var places: [Element?] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    /// What its places take in memory.
    @inline(__always)
    var footprint: Int { places.count &* MemoryLayout<Element?>.stride }

    var first: Element? { count == 0 ? nil : places[head] }

    mutating func append(_ element: Element) {
        if count == places.count { grow() }
        places[index(count)] = element
        count += 1
    }

    @discardableResult
    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = places[head].take()
        head = head + 1 == places.count ? 0 : head + 1
        count -= 1
        if count == 0, places.count > 1_024 { self = RingQueue() }
        return element
    }

    /// Nil outside of what is there.
    subscript(place: Int) -> Element? {
        get { (0..<count).contains(place) ? places[index(place)] : nil }
        set {
            guard (0..<count).contains(place), let newValue else { return }
            places[index(place)] = newValue
        }
    }

    /// Looks at an element where it stands, without a copy of it; nil outside of what is there.
    @inline(__always)
    func look<Seen>(at place: Int, _ body: (Element) -> Seen) -> Seen? {
        (0..<count).contains(place) ? places[index(place)].map(body) : nil
    }

    func contains(where isIt: (Element) -> Bool) -> Bool {
        (0..<count).contains { look(at: $0, isIt) ?? false }
    }

    /// Looks at or changes an element where it stands, without a copy of it; false outside of what is there.
    @inline(__always)
    mutating func change(at place: Int, _ body: (inout Element?) -> Bool) -> Bool {
        guard (0..<count).contains(place) else { return false }
        return body(&places[index(place)])
    }

    mutating func removeAll() {
        self = RingQueue()
    }

    /// Lets go of all that `isKept` refuses; the order stays.
    mutating func filter(_ isKept: (Element) -> Bool) {
        var kept = RingQueue()
        while let element = popFirst() {
            if isKept(element) { kept.append(element) }
        }
        self = kept
    }

    @inline(__always)
    private func index(_ place: Int) -> Int {
        let index = head + place
        return index >= places.count ? index - places.count : index
    }

    private mutating func grow() {
        var larger: [Element?] = []
        larger.reserveCapacity(max(4, places.count * 2))
        for place in 0..<count { larger.append(places[index(place)]) }
        while larger.count < max(4, places.count * 2) { larger.append(nil) }
        places = larger
        head = 0
    }
}
