/// How much the broker says; each level says all that the ones before it say.
package enum LogLevel: String, Codable, Sendable, CaseIterable, Comparable {
    case error
    case warn
    case info
    case debug
    case trace

    /// 0 for `error` to 4 for `trace`.
    package var rank: Int {
        switch self {
        case .error: 0
        case .warn: 1
        case .info: 2
        case .debug: 3
        case .trace: 4
        }
    }

    package static func < (one: LogLevel, other: LogLevel) -> Bool { one.rank < other.rank }

    /// Accepts `error`, `warn`, `warning`, `info`, `debug` and `trace`, in any case.
    package init?(named name: String) {
        let lower = String(
            decoding: name.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
        if lower == "warning" {
            self = .warn
        } else {
            self.init(rawValue: lower)
        }
    }
}
