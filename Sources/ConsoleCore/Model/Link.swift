import AdminProtocol

/// Whether the broker can be reached; times are of the console's own clock.
enum Link: Equatable, Sendable {
    case connecting
    case up
    case down(Outage)

    struct Outage: Equatable, Sendable {
        var reason: DisplayText
        var attempt: Int
        var retryAt: Timestamp
        var since: Timestamp
    }

    var isUp: Bool { self == .up }

    var outage: Outage? {
        switch self {
        case .connecting, .up: nil
        case .down(let outage): outage
        }
    }
}

/// What the console knows of the broker's clock, by which all times are shown.
struct BrokerClock: Equatable, Sendable {
    /// How long the last request and its answer took.
    private(set) var roundTrip: Milliseconds?
    /// The broker's clock minus ours.
    private(set) var skew: Milliseconds = 0
    private(set) var isKnown = false
    /// The newest time the broker has told.
    private(set) var newest: Timestamp = 0

    /// An answer of the broker's time `at` came at `now` to what was asked at `asked`.
    mutating func measure(asked: Timestamp, answered now: Timestamp, brokerTime: Timestamp) {
        let took = Self.difference(now, asked)
        roundTrip = max(0, took)
        skew = Self.difference(brokerTime, now) + max(0, took) / 2
        isKnown = true
        newest = brokerTime
    }

    mutating func hear(_ brokerTime: Timestamp, at now: Timestamp) {
        if !isKnown { skew = Self.difference(brokerTime, now) }
        isKnown = true
        newest = max(newest, brokerTime)
    }

    func time(at now: Timestamp) -> Timestamp {
        let sum = now.addingReportingOverflow(skew)
        return sum.overflow ? now : sum.partialValue
    }

    /// Bounded, for a broker that says nonsense about its time.
    private static func difference(_ one: Timestamp, _ other: Timestamp) -> Milliseconds {
        let difference = one.subtractingReportingOverflow(other)
        guard !difference.overflow else { return 0 }
        return min(max(difference.partialValue, -(1 << 50)), 1 << 50)
    }
}
