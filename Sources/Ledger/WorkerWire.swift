/// The few packets a worker of the ledger needs, written by hand: the oracle shares no code with what it judges.
package enum WorkerWire {
    package enum Version: Sendable {
        case v311
        case v5
    }

    /// What a broker answers.
    package enum Answer: Equatable, Sendable {
        case connected(session: Bool, code: UInt8)
        case acknowledged(packet: UInt16, code: UInt8)
        case received(packet: UInt16, code: UInt8)
        case completed(packet: UInt16, code: UInt8)
        case pong
        case disconnected(code: UInt8)
    }

    /// With `will`, the broker publishes that at QoS 1 if the worker goes without a word.
    package static func connect(
        _ client: String, _ version: Version, keepAlive: UInt16, will: (topic: String, payload: String)? = nil
    ) -> [UInt8] {
        var body: [UInt8] = [0, 4] + Array("MQTT".utf8)
        let flags: UInt8 = will == nil ? 0 : 0b1100
        switch version {
        case .v311: body += [4, flags] + two(keepAlive) + text(client)
        // The session outlives the connection by five minutes.
        case .v5: body += [5, flags] + two(keepAlive) + [5, 0x11, 0, 0, 1, 0x2C] + text(client)
        }
        if let will {
            if version == .v5 { body.append(0) }
            body += text(will.topic) + text(will.payload)
        }
        return packet(0x10, body)
    }

    package static func publish(
        _ topic: String, _ payload: [UInt8], qos: UInt8, packet id: UInt16, duplicate: Bool, _ version: Version
    ) -> [UInt8] {
        var head = text(topic) + two(id)
        if version == .v5 { head.append(0) }
        var bytes: [UInt8] = [0x30 | (duplicate ? 8 : 0) | (qos & 3) << 1]
        bytes.reserveCapacity(head.count + payload.count + 5)
        bytes += length(head.count + payload.count)
        bytes += head
        bytes += payload
        return bytes
    }

    package static func release(_ id: UInt16) -> [UInt8] { [0x62, 2] + two(id) }
    package static let ping: [UInt8] = [0xC0, 0]
    package static let disconnect: [UInt8] = [0xE0, 0]

    private static func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] { [first] + length(body.count) + body }

    private static func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return two(UInt16(truncatingIfNeeded: bytes.count)) + bytes
    }

    private static func two(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }

    private static func length(_ count: Int) -> [UInt8] {
        var rest = max(0, count)
        var bytes: [UInt8] = []
        repeat {
            let digit = UInt8(rest & 127)
            rest >>= 7
            bytes.append(rest > 0 ? digit | 128 : digit)
        } while rest > 0
        return bytes
    }
}

extension WorkerWire {
    /// Cuts what arrives into answers.
    package struct Reader: Sendable {
        package struct Nonsense: Error, Equatable {
            package var what: String
        }

        private var unread: [UInt8] = []

        package init() {}

        package mutating func append(_ bytes: some Sequence<UInt8>) {
            unread.append(contentsOf: bytes)
        }

        /// The next whole answer; nil until more bytes come.
        package mutating func next() throws(Nonsense) -> Answer? {
            guard unread.count >= 2 else { return nil }
            // No answer to a worker that has subscribed to nothing is longer than 127 bytes plus a reason in words.
            var length = Int(unread[1] & 127)
            var head = 2
            if unread[1] & 128 != 0 {
                guard unread.count >= 3 else { return nil }
                guard unread[2] & 128 == 0 else { throw Nonsense(what: "an answer of more than 16 KB") }
                length |= Int(unread[2]) << 7
                head = 3
            }
            guard unread.count >= head + length else { return nil }
            let first = unread[0]
            let body = Array(unread[head..<(head + length)])
            unread.removeFirst(head + length)
            return try Reader.answer(first, body)
        }

        private static func answer(_ first: UInt8, _ body: [UInt8]) throws(Nonsense) -> Answer {
            switch (first, body.count) {
            case (0x20, 2...): return .connected(session: body[0] & 1 == 1, code: body[1])
            case (0x40, 2...): return .acknowledged(packet: number(body), code: body.count > 2 ? body[2] : 0)
            case (0x50, 2...): return .received(packet: number(body), code: body.count > 2 ? body[2] : 0)
            case (0x70, 2...): return .completed(packet: number(body), code: body.count > 2 ? body[2] : 0)
            case (0xD0, 0): return .pong
            case (0xE0, _): return .disconnected(code: body.first ?? 0)
            default: throw Nonsense(what: "a packet that starts with \(first) and holds \(body.count) bytes")
            }
        }

        private static func number(_ body: [UInt8]) -> UInt16 { UInt16(body[0]) << 8 | UInt16(body[1]) }
    }
}
