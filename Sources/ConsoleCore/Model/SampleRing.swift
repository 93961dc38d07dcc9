import AdminProtocol

/// The last minutes of the broker, a sample per second; what was not heard stays a gap.
struct SampleRing: Equatable, Sendable {
    static let capacity = 900

    /// By the second in which a sample ends, ascending.
    private(set) var seconds: [Int64] = []
    private var samples: [Int64: Sample] = [:]

    var isEmpty: Bool { seconds.isEmpty }

    mutating func take(_ sample: Sample) {
        let second = Self.second(of: sample.at)
        if samples.updateValue(sample, forKey: second) == nil {
            let place = seconds.lastIndex { $0 < second }.map { $0 + 1 } ?? 0
            seconds.insert(second, at: place)
        }
        while seconds.count > Self.capacity { samples[seconds.removeFirst()] = nil }
    }

    /// What happened in a second; a single missing one between two others is a beat of the clock, not a gap.
    func sample(at second: Int64) -> Sample? {
        if let sample = samples[second] { return sample }
        guard samples[second + 1] != nil else { return nil }
        return samples[second - 1]
    }

    static func second(of time: Timestamp) -> Int64 {
        let bounded = min(max(time, -(1 << 52)), 1 << 52)
        return (bounded + 500) / 1000
    }
}
