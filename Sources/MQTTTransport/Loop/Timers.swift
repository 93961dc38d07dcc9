import NIOCore

/// What is to be done at a time: a heap, the nearest first; of two for one time, the older.
struct Timers {
    struct Task {
        let run: () -> Void
        /// Called instead if nobody waits for its time.
        let cancel: () -> Void
    }

    private struct Entry {
        let at: NIODeadline
        let number: UInt64
    }

    private var heap: [Entry] = []
    /// By number. What was called off is not here any more; its entry goes when its time comes.
    private var tasks: [UInt64: Task] = [:]

    /// When the next is due, or was to be before it was called off.
    var next: NIODeadline? { heap.first?.at }

    /// The number is for `remove`, and no other has it.
    mutating func add(_ task: Task, number: UInt64, at time: NIODeadline) {
        tasks[number] = task
        heap.append(Entry(at: time, number: number))
        var place = heap.count - 1
        while place > 0, isBefore(place, (place - 1) / 2) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func remove(_ number: UInt64) {
        tasks[number] = nil
    }

    mutating func cancelAll() {
        let left = tasks.sorted { $0.key < $1.key }
        self = Timers()
        for (_, task) in left { task.cancel() }
    }

    /// Takes the next out whose time has come.
    mutating func takeDue(at now: NIODeadline) -> (() -> Void)? {
        while let first = heap.first, first.at <= now {
            removeFirst()
            if let task = tasks.removeValue(forKey: first.number) { return task.run }
        }
        return nil
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count && isBefore(child, least) {
                least = child
            }
            guard least != place else { return }
            heap.swapAt(place, least)
            place = least
        }
    }

    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        (heap[one].at, heap[one].number) < (heap[other].at, heap[other].number)
    }
}
