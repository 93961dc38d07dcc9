/// How much of each kind happens per minute, averaged over one, five and fifteen minutes.
///
/// Averages that forget exponentially, as those of a machine's load and of Mosquitto: the new one is the old one's share
/// of what `step` leaves of it, and the rate of the last step for the rest.
struct LoadAverages: Equatable {
    /// Seconds between two looks.
    static let step: Int64 = 10

    /// What is averaged.
    enum Kind: String, CaseIterable {
        case messagesReceived = "messages/received"
        case messagesSent = "messages/sent"
        case publishDropped = "publish/dropped"
        case publishReceived = "publish/received"
        case publishSent = "publish/sent"
        case bytesReceived = "bytes/received"
        case bytesSent = "bytes/sent"
        case sockets = "sockets"
        case connections = "connections"
    }

    /// e to the power of -step/60, -step/300 and -step/900: what is left of an average after one step.
    private static let kept = SIMD3<Double>(0.846481724890614, 0.967216100120627, 0.988950288397653)

    private var averages = [SIMD3<Double>](repeating: .zero, count: Kind.allCases.count)
    private var counted = [Int64](repeating: 0, count: Kind.allCases.count)

    /// One step is over; `counts` are the totals of each kind since the start, in the order of `Kind.allCases`.
    mutating func advance(_ counts: [Int64]) {
        precondition(counts.count == counted.count, "one count for each kind of load")
        for place in counts.indices {
            let perMinute = Double(counts[place] &- counted[place]) * 60 / Double(LoadAverages.step)
            let rate = SIMD3<Double>(repeating: perMinute)
            averages[place] = rate + LoadAverages.kept * (averages[place] - rate)
        }
        counted = counts
    }

    /// Over one, five and fifteen minutes, in the order of `Kind.allCases`.
    var all: [(kind: Kind, averages: SIMD3<Double>)] { Array(zip(Kind.allCases, averages)).map { ($0, $1) } }
}
