import AdminProtocol
import BrokerCore

/// What the platform tells a worker: a small JSON object.
package enum Order: Equatable, Sendable {
    case assign(run: ULID, attempt: Int)
    case stop(run: ULID)

    package func payload(timestamp: Int64) -> [UInt8] {
        switch self {
        case .assign(let run, let attempt):
            JSON.object([
                JSON.Member("type", .string("run_assignment")),
                JSON.Member("run", .string(run.description)),
                JSON.Member("attempt", .int(Int64(attempt))),
                JSON.Member("timestamp", .int(timestamp)),
            ]).bytes
        case .stop(let run):
            JSON.object([
                JSON.Member("type", .string("run_stop")),
                JSON.Member("run", .string(run.description)),
                JSON.Member("timestamp", .int(timestamp)),
            ]).bytes
        }
    }

    /// Nil if `payload` is no order that a worker knows.
    package init?(payload: [UInt8]) {
        guard let json = try? JSON(parsing: payload), let type = json["type"]?.string,
            let run = json["run"]?.string.flatMap({ ULID($0) })
        else { return nil }
        switch type {
        case "run_assignment": self = .assign(run: run, attempt: Int(clamping: json["attempt"]?.int ?? 1))
        case "run_stop": self = .stop(run: run)
        default: return nil
        }
    }
}
