/// Prometheus' text format, version 0.0.4, read as strictly as it is described, and more strictly than scrapers do.
package struct ExpositionFormat {
    package struct Wrong: Error, CustomStringConvertible {
        package let description: String
    }

    package struct Sample {
        package let name: String
        package let labels: [String: String]
        package let value: Double
    }

    package private(set) var types: [String: String] = [:]
    package private(set) var samples: [Sample] = []
    private var helped: Set<String> = []
    private var series: Set<String> = []

    /// Throws at the first line that is not as it must be.
    package init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Wrong(description: "the last line has no end") }
        var family = ""
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("# HELP ") {
                let parts = line.dropFirst(7).split(separator: " ", maxSplits: 1)
                guard parts.count == 2, Self.isName(parts[0]), helped.insert(String(parts[0])).inserted else {
                    throw Wrong(description: "\(line)")
                }
                family = String(parts[0])
            } else if line.hasPrefix("# TYPE ") {
                let parts = line.dropFirst(7).split(separator: " ")
                guard parts.count == 2, parts[0] == family, types[family] == nil,
                    ["counter", "gauge", "histogram"].contains(parts[1])
                else { throw Wrong(description: "\(line)") }
                types[family] = String(parts[1])
            } else {
                try add(line, family)
            }
        }
        try checkHistograms()
    }

    package func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        samples.first { $0.name == name && $0.labels == labels }?.value
    }

    private mutating func add(_ line: Substring, _ family: String) throws {
        let wrong = Wrong(description: "\(line)")
        let name = line.prefix { $0 != "{" && $0 != " " }
        guard Self.isName(name), let type = types[family] else { throw wrong }
        let suffixes = type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { name == family + $0 }) else { throw wrong }
        var rest = line.dropFirst(name.count)
        let labels = rest.first == "{" ? try Self.labels(&rest) : [:]
        guard rest.first == " ", let value = Double(rest.dropFirst()), value.isFinite else { throw wrong }
        guard type == "gauge" || value >= 0 else { throw wrong }
        let key = "\(name)\(labels.sorted { $0.key < $1.key })"
        guard series.insert(key).inserted else { throw Wrong(description: "twice: \(line)") }
        samples.append(Sample(name: String(name), labels: labels, value: value))
    }

    private static func labels(_ rest: inout Substring) throws -> [String: String] {
        var labels: [String: String] = [:]
        rest.removeFirst()
        while rest.first != "}" {
            let name = rest.prefix { $0 != "=" }
            guard isName(name), !name.contains(":") else { throw Wrong(description: "label \(rest)") }
            rest = rest.dropFirst(name.count + 1)
            guard rest.popFirst() == "\"" else { throw Wrong(description: "label \(rest)") }
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                guard character == "\\" else {
                    value.append(character)
                    continue
                }
                switch rest.popFirst() {
                case "n": value.append("\n")
                case "\\": value.append("\\")
                case "\"": value.append("\"")
                default: throw Wrong(description: "escape in \(rest)")
                }
            }
            guard labels.updateValue(value, forKey: String(name)) == nil else {
                throw Wrong(description: "label \(name) twice")
            }
            if rest.first == "," { rest.removeFirst() }
            guard !rest.isEmpty else { throw Wrong(description: "labels without an end") }
        }
        rest.removeFirst()
        return labels
    }

    private func checkHistograms() throws {
        for (name, type) in types where type == "histogram" {
            let buckets = samples.filter { $0.name == name + "_bucket" }
            let bounds = buckets.compactMap { Double($0.labels["le"] ?? "") }
            let counts = buckets.map(\.value)
            guard bounds.count == buckets.count, bounds == bounds.sorted(), counts == counts.sorted(),
                bounds.last == .infinity, counts.last == value(name + "_count"), value(name + "_sum") != nil
            else { throw Wrong(description: "the buckets of \(name)") }
        }
    }

    private static func isName(_ name: Substring) -> Bool {
        guard let first = name.first, !first.isNumber else { return false }
        return name.allSatisfy { ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") && $0.isASCII }
    }
}
