/// What waits for a thread, in the order in which it came.
///
/// An outage of the store decides how long it grows: taking its first elements moves none of the others, for the event
/// loop waits meanwhile, and what was taken is not held any longer.
struct Backlog<Element> {
    private var arriving: [Element] = []
    /// The next one last.
    private var leaving: [Element] = []

    /// Beyond this, memory is given back when nothing waits.
    private static var kept: Int { 4_096 }

    var count: Int { arriving.count + leaving.count }
    var isEmpty: Bool { arriving.isEmpty && leaving.isEmpty }

    mutating func append(_ elements: [Element]) {
        arriving += elements
    }

    /// Takes elements from the front until there are `bound` of them or `fits` refuses the next one.
    mutating func take(atMost bound: Int, while fits: (Element) -> Bool = { _ in true }) -> [Element] {
        var taken: [Element] = []
        taken.reserveCapacity(min(bound, count))
        while taken.count < bound {
            if leaving.isEmpty { turn() }
            guard let next = leaving.last, fits(next) else { break }
            leaving.removeLast()
            taken.append(next)
        }
        return taken
    }

    mutating func removeAll() {
        (arriving, leaving) = ([], [])
    }

    private mutating func turn() {
        if leaving.capacity > Self.kept { leaving = [] }
        swap(&arriving, &leaving)
        leaving.reverse()
    }
}
