/// How often a message may arrive, and how hard both sides work for it.
package enum QoS: UInt8, Sendable, Comparable {
    case atMostOnce = 0
    case atLeastOnce = 1
    case exactlyOnce = 2

    package static func < (one: QoS, other: QoS) -> Bool { one.rawValue < other.rawValue }
}
