/// Figures in Prometheus' text format, version 0.0.4.
struct MetricsText {
    static let type = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String {
        case counter
        case gauge
        case histogram
    }

    private(set) var bytes: [UInt8] = []

    /// One figure without labels.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) {
        add(name, kind, help, [("", "\(value)")])
    }

    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        add(name, kind, help, [("", Self.text(value))])
    }

    /// One figure for each value of one label; values are escaped, and there are few of them. [SD-12]
    mutating func add(
        _ name: String, _ kind: Kind, _ help: String, by label: String,
        _ values: some Sequence<(name: String, count: Int64)>
    ) {
        add(name, kind, help, values.map { ("{\(label)=\"\(Self.escaped($0.name))\"}", "\($0.count)") })
    }

    /// In seconds, whatever the histogram counts in.
    mutating func add(_ name: String, _ help: String, _ histogram: HistogramFigures) {
        var samples: [(String, String)] = []
        for bucket in histogram.buckets { samples.append(("_bucket{le=\"\(bucket.bound)\"}", "\(bucket.count)")) }
        samples.append(("_bucket{le=\"+Inf\"}", "\(histogram.count)"))
        samples.append(("_sum", Self.text(histogram.sum)))
        samples.append(("_count", "\(histogram.count)"))
        add(name, .histogram, help, samples)
    }

    private mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [(String, String)]) {
        var text = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for (suffix, value) in samples { text += "\(name)\(suffix) \(value)\n" }
        bytes.append(contentsOf: text.utf8)
    }

    static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
