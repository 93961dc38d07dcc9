import BrokerCore
import MQTT

/// The durable queue as a bad day has it: slow, in trouble, answering late.
struct SimulatedQueue {
    /// Handed over and not committed, in order.
    private(set) var waiting: [HandOver] = []
    /// Committed, and the broker does not know it yet.
    private(set) var unanswered: [Ticket] = []
    /// Numbers of the messages that are safe.
    private(set) var safe: Set<Int> = []
    private(set) var last: Ticket = 0
    var isInTrouble = false

    var isIdle: Bool { waiting.isEmpty && unanswered.isEmpty }

    mutating func take(_ handOver: HandOver, book: Book, namespace: String) throws(Violation) {
        try demand(handOver.ticket == last + 1, "tickets grow by one: \(handOver.ticket) after \(last)")
        last = handOver.ticket
        let number = try book.number(in: handOver.payload)
        let topic = "\(namespace)/writeonly/\(handOver.pool)/\(handOver.worker)"
        let entry = book[number]
        try demand(entry.topic.bytes == Array(topic.utf8), "message \(number) is not of the worker it is queued for")
        try demand(!entry.isForbidden, "message \(number) was queued though its sender had no right to its topic")
        waiting.append(handOver)
    }

    /// Makes the first of what waits safe; the answer is another matter.
    mutating func commit(_ count: Int, book: Book) throws(Violation) {
        for handOver in waiting.prefix(count) {
            safe.insert(try book.number(in: handOver.payload))
            unanswered.append(handOver.ticket)
        }
        waiting.removeFirst(min(count, waiting.count))
    }

    /// The answer for the oldest commits.
    mutating func answer(_ count: Int) -> ClosedRange<Ticket>? {
        let answered = unanswered.prefix(count)
        guard let first = answered.first, let last = answered.last else { return nil }
        unanswered.removeFirst(answered.count)
        return first...last
    }
}
