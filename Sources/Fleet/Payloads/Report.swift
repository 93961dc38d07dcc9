import AdminProtocol
import BrokerCore

/// What a worker tells the platform: a small JSON object.
package enum Report: Equatable, Sendable {
    package enum Result: String, Sendable {
        case finished = "FINISHED"
        case failed = "FAILED"
        case stopped = "STOPPED"
    }

    case registration(instance: String, group: String)
    case heartbeat
    case ready
    case progress(run: ULID, phase: String, percent: Int)
    case complete(run: ULID, Result)
    /// Also the last will, with `crashed` true.
    case gone(crashed: Bool)

    /// The object as the worker in `posture` sends it at `timestamp` of its own clock; a will knows no time.
    package func payload(posture: Posture, timestamp: Int64?) -> [UInt8] {
        var members: [JSON.Member] = [JSON.Member("type", .string(type))]
        switch self {
        case .registration(let instance, let group):
            members += posture.members
            members.append(
                JSON.Member(
                    "metadata",
                    .object([
                        JSON.Member("instance_id", .string(instance)),
                        JSON.Member("asg_id", .string(group)),
                    ])))
        case .heartbeat, .ready:
            members += posture.members
        case .progress(let run, let phase, let percent):
            members.append(JSON.Member("run", .string(run.description)))
            members.append(JSON.Member("phase", .string(phase)))
            members.append(JSON.Member("percent", .int(Int64(percent))))
        case .complete(let run, let result):
            members.append(JSON.Member("run", .string(run.description)))
            members.append(JSON.Member("result", .string(result.rawValue)))
        case .gone(let crashed):
            members.append(JSON.Member("crashed", .bool(crashed)))
        }
        if let timestamp { members.append(JSON.Member("timestamp", .int(timestamp))) }
        return JSON.object(members).bytes
    }

    private var type: String {
        switch self {
        case .registration: "registration"
        case .heartbeat: "heartbeat"
        case .ready: "worker_ready"
        case .progress: "run_progress"
        case .complete: "run_complete"
        case .gone: "worker.gone"
        }
    }

    /// How a worker stands, as its registration and heartbeats say.
    package struct Posture: Equatable, Sendable {
        package var version: String
        package var drained: Bool
        package var run: ULID?

        package init(version: String, drained: Bool = false, run: ULID? = nil) {
            self.version = version
            self.drained = drained
            self.run = run
        }

        fileprivate var members: [JSON.Member] {
            var members = [
                JSON.Member("version", .string(version)),
                JSON.Member("busy", .bool(run != nil)),
                JSON.Member("status", .string(run != nil ? "BUSY" : drained ? "DRAINED" : "IDLE")),
            ]
            if let run { members.append(JSON.Member("run", .string(run.description))) }
            return members
        }
    }
}
