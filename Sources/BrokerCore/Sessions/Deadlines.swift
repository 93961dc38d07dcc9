/// When to look at which absent session again: a heap, the nearest first.
struct Deadlines {
    struct Entry {
        let at: Int64
        let session: Session
        /// Void unless the session still has this number.
        let wake: UInt64
    }

    private var heap: [Entry] = []

    var count: Int { heap.count }

    /// A session that waits for ever is never looked at again.
    mutating func add(_ session: Session, at time: Int64) {
        guard time < .max else { return }
        add(Entry(at: time, session: session, wake: session.wake))
    }

    /// Lets go of the sessions that came back or ended before their time, which may be weeks away.
    mutating func forgetVoid() {
        let all = heap
        heap = []
        for entry in all where entry.session.wake == entry.wake { add(entry) }
    }

    /// The next session whose time has come.
    mutating func due(at now: Int64) -> Session? {
        while let first = heap.first, first.at <= now {
            removeFirst()
            if first.session.wake == first.wake { return first.session }
        }
        return nil
    }

    private mutating func add(_ entry: Entry) {
        heap.append(entry)
        var place = heap.count - 1
        while place > 0, heap[place].at < heap[(place - 1) / 2].at {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child].at < heap[least].at {
                least = child
            }
            guard least != place else { return }
            heap.swapAt(place, least)
            place = least
        }
    }
}
