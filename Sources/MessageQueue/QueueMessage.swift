package import BrokerCore

/// A worker's message in the form the queue stores: the body, and the key that makes storing it twice storing it once.
package struct QueueMessage: Equatable, Sendable {
    /// Where a message came in: which start of the broker, and its ticket there. Never a packet id. [T-54]
    package struct IngressKey: Equatable, Hashable, Sendable {
        package var epoch: String
        package var ticket: Ticket

        package init(epoch: String, ticket: Ticket) {
            self.epoch = epoch
            self.ticket = ticket
        }

        /// As it is stored.
        var bytes: [UInt8] {
            var bytes = Array(epoch.utf8)
            bytes.append(UInt8(ascii: "/"))
            bytes += String(ticket).utf8
            return bytes
        }
    }

    /// The name of the platform's queue for messages from workers.
    package static let queue = "iot"

    package var key: IngressKey
    /// The worker that sent it: what it sent stays in its order.
    package var worker: ULID
    /// Base64 of a JSON object; see `MessageBody`.
    package var body: [UInt8]
    /// Milliseconds since 1970.
    package var enqueuedAt: Int64

    package init(key: IngressKey, worker: ULID, body: [UInt8], enqueuedAt: Int64) {
        self.key = key
        self.worker = worker
        self.body = body
        self.enqueuedAt = enqueuedAt
    }
}
