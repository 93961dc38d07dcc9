import AdminProtocol

/// The two keys that lead to changing the broker.
extension ConsoleModel {
    /// Why nothing may be changed now, in one sentence; nil if it may.
    var reasonNotToAct: DisplayText? {
        if !link.isUp { return "not while the broker is out of reach" }
        guard let hello else { return "not before the broker has said who we are" }
        if !settings.mayAct { return "this console was started read-only" }
        if hello.role < .operator {
            return "\(DisplayText(hello.principal)) may look, not act: ask for the role operator"
        }
        return nil
    }

    /// Whether line 1 says `RW`.
    var mayAct: Bool { settings.mayAct && (hello?.role ?? .viewer) >= .operator }

    /// The worker a kick would be of, if one is selected.
    var selectedWorker: WorkerRow? {
        guard case .worker(_, let row) = selection else { return nil }
        return row
    }

    /// Whether the selected row is a worker with a connection to cut.
    var mayKickSelected: Bool { selectedWorker?.connected ?? false }

    mutating func openKick(at now: Timestamp) {
        if let reason = reasonNotToAct ?? reasonNotToOpen {
            say(reason, .warning, at: now)
            return
        }
        guard case .worker(let id, let row) = selection else {
            say("select a worker to kick: 3 shows the workers", at: now)
            return
        }
        // A frozen row may be of a connection that is no more; the broker would refuse it.
        guard let row else {
            say("the broker has not told yet what \(tails(id)) is doing", at: now)
            return
        }
        guard row.connected else {
            say("\(tails(id)) is not connected", at: now)
            return
        }
        aim(at: now)
        dialog = .kick(KickDialog(target: row))
    }

    mutating func openLevel(at now: Timestamp) {
        if let reason = reasonNotToAct ?? reasonNotToOpen {
            say(reason, .warning, at: now)
            return
        }
        var scopes: [LevelDialog.Scope] = []
        switch selection {
        case .worker(let id, let row):
            scopes = [.worker(id)] + (row.map { [.pool($0.pool)] } ?? [])
        case .pool(let row): scopes = [.pool(row.id)]
        case .denial(let row):
            if row.principal == "worker", !row.client.isEmpty { scopes.append(.worker(row.client)) }
            if let pool = row.pool { scopes.append(.pool(pool)) }
        case .event(let row):
            if let worker = row.worker { scopes.append(.worker(worker)) }
            if let pool = row.pool { scopes.append(.pool(pool)) }
        case .log, .shape, .alert, nil: break
        }
        aim(at: now)
        let levels = knowledge.overview?.levels ?? LogLevels(level: .info, configured: .info)
        // In the views of the whole broker its own level comes first.
        let first = place == .log || place == .overview
        dialog = .level(LevelDialog(scopes: first ? [.broker] + scopes : scopes + [.broker], levels: levels))
    }

    private var reasonNotToOpen: DisplayText? {
        layout.kind < .compact ? "a dialog needs 60x16: this terminal is \(size.columns)x\(size.rows)" : nil
    }
}
