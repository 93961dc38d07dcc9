extension [Duration] {
    /// The span that so many of a hundred do not exceed.
    package func percentile(_ percent: Int) -> Duration {
        let sorted = sorted()
        return sorted.isEmpty ? .zero : sorted[Swift.min(sorted.count - 1, sorted.count * percent / 100)]
    }
}

extension Duration {
    /// To be read in a report.
    package var inMilliseconds: String {
        let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        return "\(microseconds / 1_000).\(microseconds / 100 % 10) ms"
    }
}
