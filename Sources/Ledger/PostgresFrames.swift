/// Cuts one direction of a PostgreSQL conversation into messages, as they are on the wire.
///
/// For a proxy that must know what it holds back; it understands a message's kind and its text, and nothing else.
package struct PostgresFrames: Sendable {
    package enum Direction: Sendable {
        /// Starts with messages that have a length and no kind.
        case toServer
        case toClient
    }

    package struct Message: Equatable, Sendable {
        /// 0 for what comes before kinds are used.
        package var kind: UInt8
        package var bytes: [UInt8]

        /// Whether this is the server's word that a transaction is committed.
        package var saysCommitted: Bool {
            kind == UInt8(ascii: "C") && bytes.dropFirst(5).elementsEqual(Array("COMMIT\0".utf8))
        }

        /// Whether this asks for a commit: a simple query, or the parsing of one.
        package var asksToCommit: Bool {
            guard kind == UInt8(ascii: "Q") || kind == UInt8(ascii: "P") else { return false }
            return Message.find("COMMIT", in: bytes)
        }

        private static func find(_ word: StaticString, in bytes: [UInt8]) -> Bool {
            let wanted = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
            guard bytes.count >= wanted.count else { return false }
            return (0...(bytes.count - wanted.count)).contains { bytes[$0...].starts(with: wanted) }
        }
    }

    private static let plainAnswers: Set<UInt8> = [UInt8(ascii: "N"), UInt8(ascii: "S")]

    private let direction: Direction
    private var unread: [UInt8] = []
    private var isStarted = false
    /// The client asked for TLS: the answer is one byte.
    private var awaitsTLSAnswer = false

    package init(_ direction: Direction) {
        self.direction = direction
    }

    package mutating func append(_ bytes: some Sequence<UInt8>) { unread.append(contentsOf: bytes) }

    /// To be told to the server's direction when the client has asked for TLS.
    package mutating func expectTLSAnswer() { awaitsTLSAnswer = true }

    /// The next whole message; nil until more bytes come. Bytes that are no PostgreSQL are handed through as they come.
    package mutating func next() -> Message? {
        switch direction {
        case .toServer where !isStarted:
            guard let length = length(at: 0), length >= 8, unread.count >= length else { return nil }
            let message = take(length, kind: 0)
            // A request for TLS or for encryption is followed by another beginning.
            isStarted = !PostgresFrames.isRequest(message.bytes)
            return message
        case .toClient where awaitsTLSAnswer:
            guard let first = unread.first else { return nil }
            awaitsTLSAnswer = false
            return PostgresFrames.plainAnswers.contains(first) ? take(1, kind: 0) : next()
        case .toServer, .toClient:
            guard let kind = unread.first, let length = length(at: 1), unread.count >= length + 1 else { return nil }
            return take(length + 1, kind: kind)
        }
    }

    /// Whether a first message asks for TLS or encryption rather than for a session.
    package static func isRequest(_ bytes: [UInt8]) -> Bool {
        bytes.count == 8 && bytes[4] == 0x04 && bytes[5] == 0xD2 && bytes[6] == 0x16
            && (bytes[7] == 0x2F || bytes[7] == 0x30)
    }

    private func length(at place: Int) -> Int? {
        guard unread.count >= place + 4 else { return nil }
        let length = unread[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
        return length >= 4 ? length : nil
    }

    private mutating func take(_ count: Int, kind: UInt8) -> Message {
        let message = Message(kind: kind, bytes: Array(unread.prefix(count)))
        unread.removeFirst(count)
        return message
    }
}
