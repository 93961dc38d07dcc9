/// What a broker has done to the queue since its start, and what waits there now.
package struct QueueMetrics: Equatable, Sendable {
    package var sent: Int64
    package var total: Int64?
    package var visible: Int64?
    /// What all readers of the queue have done, ever and wherever they run; nil if the store cannot tell.
    package var read: ReadCounts?
    /// Payloads that were no JSON object.
    package var wrapped: Int64
    /// Messages the store refused, which are dead letters.
    package var buried: Int64
    /// Messages that nobody dealt with within the retention time.
    package var expired: Int64

    package struct Figure: Equatable, Sendable {
        package enum Kind: Equatable, Sendable {
            case counter
            case gauge
        }

        package let name: String
        package let kind: Kind
        package let value: Int64
    }

    /// Under the platform's names, whichever the store. What is not known is left out rather than zero.
    package var figures: [Figure] {
        var figures = [Figure(name: "postgres_queue.messages.sent", kind: .counter, value: sent)]
        if let read {
            figures += [
                Figure(name: "postgres_queue.messages.received", kind: .counter, value: read.received),
                Figure(
                    name: "postgres_queue.messages.changed_visibility", kind: .counter, value: read.changedVisibility),
                Figure(name: "postgres_queue.messages.deleted", kind: .counter, value: read.deleted),
            ]
        }
        if let total { figures.append(Figure(name: "postgres_queue.messages.total", kind: .gauge, value: total)) }
        if let visible { figures.append(Figure(name: "postgres_queue.messages.visible", kind: .gauge, value: visible)) }
        return figures
    }
}
