/// A message a worker is going to send: its payload follows from it, so that sending it again needs no memory of it.
package struct Letter: Equatable, Sendable {
    package enum Shape: Equatable, Sendable {
        /// A JSON object, as workers send them.
        case object
        /// Bytes that are no text: NUL, and what UTF-8 never holds.
        case bytes
    }

    /// A ULID, and the first thing in the payload.
    package var id: String
    /// Counts a worker's messages from 0.
    package var sequence: Int
    /// 1 or 2.
    package var qos: UInt8
    /// Of the payload, in bytes; one that is too small for what must be in it grows.
    package var size: Int
    package var shape: Shape

    package init(id: String, sequence: Int, qos: UInt8, size: Int, shape: Shape = .object) {
        self.id = id
        self.sequence = sequence
        self.qos = qos
        self.size = size
        self.shape = shape
    }

    package var payload: [UInt8] {
        switch shape {
        case .object:
            let head = Array("{\"id\":\"\(id)\",\"sequence\":\(sequence),\"type\":\"ledger\",\"note\":\"".utf8)
            return filled(head, with: Array("\(id) 0.10 1e+05 \\u00e9 \\\"quoted\\\" ".utf8), end: Array("\"}".utf8))
        case .bytes:
            return filled(
                Array(id.utf8) + [0, 0xFF, 0xC0, 0x80], with: [0, 0x7F, 0x80, 0xFE, 0xFF, 10, 34, 92], end: [])
        }
    }

    private func filled(_ head: [UInt8], with filler: [UInt8], end: [UInt8]) -> [UInt8] {
        var payload = head
        payload.reserveCapacity(max(size, head.count + end.count))
        // Whole portions only: half an escape would be no JSON.
        while payload.count + filler.count + end.count <= size { payload.append(contentsOf: filler) }
        payload.append(contentsOf: end)
        return payload
    }
}
