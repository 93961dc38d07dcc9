import MQTT

/// One message for one session: waiting, or in flight.
struct Delivery {
    enum State: UInt8 {
        /// Not sent yet.
        case waiting
        /// Sent; PUBACK (QoS 1) or PUBREC (QoS 2) is to come.
        case sent
        /// PUBREL is sent; PUBCOMP is to come.
        case released
        /// Over, but an older one is not.
        case done
    }

    let message: Message
    let qos: QoS
    let retain: Bool
    /// Whether it was kept for its topic and is sent because somebody subscribed.
    let isKept: Bool
    /// The subscription identifiers it goes out with.
    let identifiers: [Int]
    var state: State = .waiting
    /// When it was sent, by `Moment.nanoseconds`.
    var sentAt: Int64 = 0

    init(_ message: Message, qos: QoS, retain: Bool, isKept: Bool = false, identifiers: [Int]) {
        self.message = message
        self.qos = qos
        self.retain = retain
        self.isKept = isKept
        self.identifiers = identifiers
    }

    /// Whether it was not over before.
    @inline(__always)
    mutating func finish() -> Bool {
        if state == .done { return false }
        state = .done
        return true
    }
}
