import AdminProtocol

extension Observatory {
    /// Whether a line of this kind would be written; asked before any text is made.
    package func wouldLog(_ level: LogLevel, _ subsystem: Subsystem, _ client: ClientRecord? = nil) -> Bool {
        gate.lets(level, subsystem, client)
    }

    /// Writes a line, if its level is on and its kind has not been written too often.
    ///
    /// `message` is the kind: what differs from line to line belongs into `fields`.
    package func log(
        _ level: LogLevel, _ subsystem: Subsystem, _ message: String, client: ClientRecord? = nil,
        fields: [(key: String, value: String)] = [], at now: Moment, into effects: inout Effects
    ) {
        guard gate.lets(level, subsystem, client) else { return }
        var line = LogLine(level, subsystem, message)
        guard book.admits(line, second: pulse.second) else { return }
        if let client {
            line.fields.append(("client", DisplayText.of(client.clientID)))
            if let pool = client.pool { line.fields.append(("pool", pool.description)) }
            if let worker = client.worker { line.fields.append(("worker", worker.description)) }
        }
        for field in fields where !line.fields.contains(where: { $0.key == field.key }) {
            line.fields.append((field.key, DisplayText.of(field.value)))
        }
        write(line, at: now, into: &effects)
    }

    /// Remembers a line of the server's own for the ring.
    package func remember(_ line: LogLine, at now: Moment) {
        book.remember(line, at: now)
    }

    func write(_ line: LogLine, at now: Moment, into effects: inout Effects) {
        book.remember(line, at: now)
        effects.lines.append(line)
    }

    /// Sets a level, and tells of it.
    func setLevel(
        _ scope: LogGate.Scope, _ lease: LogGate.Lease, at now: Moment, into effects: inout Effects
    ) {
        let before = gate.leases[scope]?.level ?? gate.level
        gate.set(scope, lease)
        let span = lease.until.map { "for \(Span.text($0.nanoseconds &- now.nanoseconds))" } ?? "until changed"
        let why = lease.reason.map { ", \($0)" } ?? ""
        tellLevel(scope, "\(before.rawValue) -> \(lease.level.rawValue) \(span)\(why)", by: lease.by, at: now, &effects)
    }

    /// Takes a level back, and tells of it; false if there was none.
    func revertLevel(
        _ scope: LogGate.Scope, by name: String, at now: Moment, into effects: inout Effects
    ) -> Bool {
        guard let lease = gate.revert(scope) else { return false }
        let after = scope == .broker ? gate.configured : gate.level
        tellLevel(scope, "\(lease.level.rawValue) -> \(after.rawValue)", by: name, at: now, &effects)
        return true
    }

    func expireLevels(at now: Moment, into effects: inout Effects) {
        for (scope, lease) in gate.expire(at: now) {
            let after = scope == .broker ? gate.configured : gate.level
            let words = "\(lease.level.rawValue) -> \(after.rawValue), time is up (was by \(lease.by))"
            tellLevel(scope, words, by: nil, at: now, &effects)
        }
    }

    private func tellLevel(
        _ scope: LogGate.Scope, _ words: String, by name: String?, at now: Moment, _ effects: inout Effects
    ) {
        var client: ClientRecord?
        if case .worker(let worker) = scope { client = roster.worker(named: worker.description) }
        record(.level, client, reason: scope.name, detail: DisplayText.of(words), by: name, at: now)
        if scope == .broker { effects.logLevel = gate.level }
    }
}
