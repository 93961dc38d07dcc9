import MQTT

/// Questions every message asks, answered without calling into another module.
extension QoS {
    @inline(__always)
    var isAcknowledged: Bool {
        switch self {
        case .atMostOnce: false
        case .atLeastOnce, .exactlyOnce: true
        }
    }

    /// What a PUBLISH is answered with; QoS 0 with nothing, so nobody asks.
    @inline(__always)
    var answer: PacketType {
        switch self {
        case .atMostOnce, .atLeastOnce: .pubAck
        case .exactlyOnce: .pubRec
        }
    }

    /// The lesser of both. [MQTT-3.8.4-8]
    @inline(__always)
    func capped(at most: QoS) -> QoS {
        switch (self, most) {
        case (.atMostOnce, _), (_, .atMostOnce): .atMostOnce
        case (.atLeastOnce, _), (_, .atLeastOnce): .atLeastOnce
        case (.exactlyOnce, .exactlyOnce): .exactlyOnce
        }
    }
}
