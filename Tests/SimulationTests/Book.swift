import MQTT

/// What was said in the world, written down outside the broker: every message has a number, and its payload tells it.
struct Book {
    enum Kind {
        case message
        case will
    }

    /// A message from its publisher's point of view.
    struct Entry {
        let number: Int
        let publisher: ClientID
        let topic: TopicName
        let qos: QoS
        let retain: Bool
        let kind: Kind
        /// It may never reach anybody: its publisher has no right to its topic.
        let isForbidden: Bool
        /// Seconds it may wait, and the time of the world when it was said, in milliseconds.
        var expiry: UInt32?
        var saidAt: Int64 = 0
        /// A will that waits may not come before.
        var notBefore = Int64.min
        /// When its first byte left, and when its acknowledgement was read; in steps of the world.
        var sentAt: Int?
        var acknowledgedAt: Int?
        /// How often it was sent as a message of its own.
        var sends = 0
        /// The publisher took it back (a will after a proper goodbye).
        var isRevoked = false
    }

    private(set) var entries: [Entry] = []

    mutating func write(
        by publisher: ClientID, to topic: TopicName, _ qos: QoS, retain: Bool = false, kind: Kind = .message,
        isForbidden: Bool = false
    ) -> Int {
        entries.append(
            Entry(
                number: entries.count, publisher: publisher, topic: topic, qos: qos, retain: retain, kind: kind,
                isForbidden: isForbidden))
        return entries.count - 1
    }

    subscript(_ number: Int) -> Entry {
        get { entries[number] }
        set { entries[number] = newValue }
    }

    /// A worker's message as it writes them, with `padding` bytes more.
    static func payload(_ number: Int, padding: Int = 0) -> [UInt8] {
        Array(#"{"number":\#(number),"type":"heartbeat","padding":"\#(String(repeating: "x", count: padding))"}"#.utf8)
    }

    func number(in payload: [UInt8]) throws(Violation) -> Int {
        let digits = payload.dropFirst(#"{"number":"#.utf8.count).prefix { $0 != UInt8(ascii: ",") }
        guard let number = Int(String(decoding: digits, as: UTF8.self)), entries.indices.contains(number) else {
            throw Violation("a payload nobody sent: \(String(decoding: payload.prefix(60), as: UTF8.self))")
        }
        return number
    }
}
