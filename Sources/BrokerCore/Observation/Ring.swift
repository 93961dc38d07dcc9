/// The newest so many of something; the oldest make room.
struct Ring<Element> {
    private var elements: [Element] = []
    private var oldest = 0
    let bound: Int

    init(bound: Int) {
        self.bound = max(1, bound)
    }

    var count: Int { elements.count }
    var newest: Element? { count == 0 ? nil : self[newest: 0] }

    mutating func append(_ element: Element) {
        if elements.count < bound {
            elements.append(element)
        } else {
            elements[oldest] = element
            oldest = oldest + 1 == bound ? 0 : oldest + 1
        }
    }

    /// The newest is 0.
    subscript(newest place: Int) -> Element {
        precondition(place >= 0 && place < count, "there is no element \(place) of \(count)")
        return elements[(oldest + count - 1 - place) % count]
    }

    /// At most so many of the newest, the oldest of them first.
    func last(_ limit: Int) -> [Element] {
        (0..<max(0, min(limit, count))).reversed().map { self[newest: $0] }
    }

    /// At most so many, the newest first.
    func newest(_ limit: Int) -> [Element] { (0..<max(0, min(limit, count))).map { self[newest: $0] } }

    /// At most so many of those that it holds for, the newest first.
    func newest(_ limit: Int = .max, where holds: (Element) -> Bool) -> [Element] {
        var found: [Element] = []
        for place in 0..<count where found.count < limit {
            let index = (oldest + count - 1 - place) % count
            if holds(elements[index]) { found.append(elements[index]) }
        }
        return found
    }

    var newestFirst: [Element] { (0..<count).map { self[newest: $0] } }
}
