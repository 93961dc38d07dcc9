import Glibc

/// How much of it: little by default, so that all tests take minutes; as much as the catalogue says on request.
enum Scale {
    static func number(_ key: String, _ ordinarily: Int) -> Int {
        getenv(key).flatMap { Int(String(cString: $0)) } ?? ordinarily
    }

    /// A figure for whoever asked for a scale of its own.
    static func report(_ figure: String) {
        let line = Array("FIGURE \(figure)\n".utf8)
        write(2, line, line.count)
    }

    /// The least time that so many of a hundred took no longer than.
    static func percentile(_ percent: Int, of times: [Duration]) -> Duration {
        let sorted = times.sorted()
        guard !sorted.isEmpty else { return .zero }
        return sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }
}

extension Duration {
    /// To be read in a report.
    var inMilliseconds: String {
        let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        return "\(microseconds / 1_000).\(microseconds / 100 % 10) ms"
    }
}
