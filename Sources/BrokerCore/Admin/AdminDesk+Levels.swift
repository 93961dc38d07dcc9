import AdminProtocol

/// The log level is a lease: the broker takes it back in time, whoever is still there. [AD-12]
extension AdminDesk {
    private static let shortest: Milliseconds = 1_000
    private static let longest: Milliseconds = 4 * 3_600_000
    private static let usual: Milliseconds = 600_000

    func setLevel(_ task: AdminTask, into effects: inout Effects) throws(AdminError) -> JSON {
        let change = try task.arguments(LogLevelChange.self)
        let observatory = task.look.observatory
        let scope = try AdminDesk.scope(change.scope, observatory)
        guard let level = LogLevel(named: change.level) else {
            let names = LogLevel.allCases.map(\.rawValue).joined(separator: ", ")
            throw AdminError(.badArgument, "level must be one of \(names)", field: "args.level")
        }
        let keep = change.keep ?? false
        if keep, change.forMs != nil {
            throw AdminError(.badArgument, "either for_ms or keep, not both", field: "args.for_ms")
        }
        let span = change.forMs ?? AdminDesk.usual
        guard (AdminDesk.shortest...AdminDesk.longest).contains(span) else {
            throw AdminError(.badArgument, "for_ms must be from 1000 to 14400000 (4 h)", field: "args.for_ms")
        }
        guard observatory.gate.leases[scope] != nil || observatory.gate.leases.count < LogGate.bound else {
            throw AdminError(.unavailable, "at most \(LogGate.bound) levels at once; revert one first")
        }
        let now = task.look.now
        if !task.isDryRun {
            let lease = LogGate.Lease(
                level: level, by: DisplayText.of(task.caller.name), since: now,
                until: keep ? nil : now.advanced(byMilliseconds: span), reason: task.reason)
            observatory.setLevel(scope, lease, at: now, into: &effects)
        }
        return try encoded(task.look.levels)
    }

    func revertLevel(_ task: AdminTask, into effects: inout Effects) throws(AdminError) -> JSON {
        let revert = try task.arguments(LogLevelRevert.self)
        let observatory = task.look.observatory
        guard let scope = LogGate.Scope(revert.scope ?? "broker"), observatory.gate.leases[scope] != nil else {
            throw AdminError(.notFound, "no level is set there", field: "args.scope")
        }
        if !task.isDryRun {
            let name = DisplayText.of(task.caller.name)
            _ = observatory.revertLevel(scope, by: name, at: task.look.now, into: &effects)
        }
        return try encoded(task.look.levels)
    }

    private static func scope(_ text: String?, _ observatory: Observatory) throws(AdminError) -> LogGate.Scope {
        guard let scope = LogGate.Scope(text ?? "broker") else {
            let names = Subsystem.allCases.map(\.rawValue).joined(separator: ", ")
            let words = "scope must be broker, subsystem:NAME, pool:ULID or worker:ULID; subsystems are \(names)"
            throw AdminError(.badArgument, words, field: "args.scope")
        }
        if case .pool(let pool) = scope, observatory.roster.pools[pool] == nil {
            throw AdminError(.notFound, "no such pool is known", field: "args.scope")
        }
        return scope
    }
}
