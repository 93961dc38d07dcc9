/// The number of a message on its way into the durable queue; grows by one.
package typealias Ticket = UInt64

/// A worker's message for the durable queue. Its PUBACK or PUBREC waits until the ticket is committed.
package struct HandOver: Equatable, Sendable {
    package let ticket: Ticket
    package let pool: ULID
    package let worker: ULID
    /// The message as the worker sent it.
    package let payload: [UInt8]
    /// When the broker took it, in milliseconds since 1970.
    package let receivedAt: Int64
    /// For a will that is written down: whose it is, and what is said of it beside the payload.
    package let will: WillMark?

    package init(
        ticket: Ticket, pool: ULID, worker: ULID, payload: [UInt8], receivedAt: Int64, will: WillMark? = nil
    ) {
        self.ticket = ticket
        self.pool = pool
        self.worker = worker
        self.payload = payload
        self.receivedAt = receivedAt
        self.will = will
    }
}
