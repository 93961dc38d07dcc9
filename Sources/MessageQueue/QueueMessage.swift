package import BrokerCore

/// A worker's message in the form the queue stores: the body, and the key that makes storing it twice storing it once.
package struct QueueMessage: Equatable, Sendable {
    /// Where a message came in: which start of the broker, and its ticket there. Never a packet id. [T-54]
    package struct IngressKey: Equatable, Hashable, Sendable {
        package var epoch: String
        package var ticket: Ticket

        /// Of the ticket as it is stored: with zeros before it each key comes after those before it, and the index of
        /// the keys is written at its end alone.
        private var digits = 10

        package init(epoch: String, ticket: Ticket) {
            self.epoch = epoch
            self.ticket = ticket
        }

        /// A will that is written down may be handed over by two starts of the broker, and these may be two versions of
        /// it: it has one key in all of them. [T-54]
        static func will(of worker: ULID, in pool: ULID, epoch: UInt64) -> IngressKey {
            var key = IngressKey(epoch: "will/\(pool)/\(worker)", ticket: epoch)
            key.digits = 1
            return key
        }

        /// As it is stored.
        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            write(to: &bytes)
            return bytes
        }

        func write(to bytes: inout [UInt8]) {
            bytes.append(epoch)
            bytes.append(UInt8(ascii: "/"))
            bytes.append(ticket, width: digits)
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
