import AdminProtocol

/// The newest log lines, how many there are per second, and how many were held back.
struct LogBook {
    private struct Kind {
        var second: Int64
        var written = 0
        var suppressed: Int64 = 0
        var line: LogLine
    }

    private(set) var lines = Ring<LogEntry>(bound: ObservationLimits.logLines)
    private var kinds: [String: Kind] = [:]
    private var number: Int64 = 0
    private var written: Int64 = 0
    private var marks: [Int64] = Array(repeating: 0, count: 10)

    /// Over the last ten seconds.
    var perSecond: Double { Double(written - (marks.first ?? 0)) / 10 }

    /// Whether one more line of this kind may be written in this second.
    mutating func admits(_ line: LogLine, second: Int64) -> Bool {
        let name = "\(line.subsystem.rawValue) \(line.message)"
        var kind = kinds[name] ?? Kind(second: second, line: line)
        if kind.second != second {
            kind.second = second
            kind.written = 0
        }
        let admitted = kind.written < ObservationLimits.linesPerKind
        if admitted { kind.written += 1 } else { kind.suppressed += 1 }
        if kinds.count >= ObservationLimits.lineKinds, kinds[name] == nil { return admitted }
        kinds[name] = kind
        return admitted
    }

    mutating func remember(_ line: LogLine, at now: Moment) {
        number &+= 1
        written &+= 1
        var message = line.message
        var client: String?
        var pool: String?
        var worker: String?
        for field in line.fields {
            switch field.key {
            case "client": client = field.value
            case "pool": pool = field.value
            case "worker": worker = field.value
            default: message += " \(field.key)=\(field.value)"
            }
        }
        lines.append(
            LogEntry(
                number: number, at: now.wall, level: line.level, subsystem: line.subsystem.rawValue,
                client: worker ?? client, pool: pool, worker: worker, message: DisplayText.of(message, bound: 1_024)))
    }

    /// A second has passed: says of each kind how many of its lines were held back, in the order of their names.
    mutating func turn(second: Int64) -> [LogLine] {
        marks.removeFirst()
        marks.append(written)
        if kinds.isEmpty { return [] }
        var said: [LogLine] = []
        for (name, kind) in kinds.sorted(by: { $0.key < $1.key }) where kind.second < second {
            if kind.suppressed > 0 {
                said.append(
                    LogLine(
                        kind.line.level, kind.line.subsystem, "lines held back",
                        fields: [("kind", kind.line.message), ("count", kind.suppressed.description)]))
            }
            kinds[name] = nil
        }
        return said
    }
}
