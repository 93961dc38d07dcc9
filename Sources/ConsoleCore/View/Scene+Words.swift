import AdminProtocol

/// How the words of the domain look: the same everywhere.
extension Scene {
    func word(of state: WorkerState) -> Line {
        switch state {
        case .stuck, .take, .flap, .banned: Line(DisplayText(state.rawValue), Style(.bad, bold: true))
        case .cordoned: Line("CORDON", Style(.warning, bold: true))
        case .busy: Line("busy", Style(.good))
        case .idle: Line("idle", Style(.quiet))
        case .drained: Line("drained", Style(.warning))
        case .ok: Line("ok", Style(.good))
        case .gone: Line("gone", Style(.quiet))
        }
    }

    func word(ofPool state: String) -> Line {
        switch state {
        case "ok": Line("ok", Style(.good))
        case "empty": Line("empty", Style(.quiet))
        default: Line(DisplayText(state).shortened(to: 8), Style(.bad, bold: true))
        }
    }

    func word(of what: EventRow.What) -> Line {
        let role: Style.Role =
            switch what {
            case .denied, .dropped: .bad
            case .gone, .takeover, .queue: .warning
            case .kicked, .followed, .level: .accent
            case .connected, .subscribed, .broker: .normal
            }
        return Line(DisplayText(what.rawValue), Style(role, bold: role == .bad))
    }

    func word(of level: LogLevel) -> Line {
        switch level {
        case .error: Line("error", Style(.bad, bold: true))
        case .warn: Line("warn", Style(.warning, bold: true))
        case .info: Line("info")
        case .debug: Line("debug", Style(.quiet))
        case .trace: Line("trace", Style(.quiet))
        }
    }

    /// A figure that is loud if it is more than nothing.
    func trouble(_ value: Double, _ role: Style.Role = .bad) -> Line {
        value > 0 ? Line(Figures.number(value), Style(role, bold: true)) : Line("0", Style(.quiet))
    }

    func figure(_ value: Double) -> Line {
        value == 0 ? Line("0", Style(.quiet)) : Line(Figures.number(value))
    }

    func figure(_ value: Int?) -> Line {
        guard let value else { return Line(Figures.absent, Style(.quiet)) }
        return figure(Double(value))
    }

    /// An id of a worker or a pool, or that there is none.
    func id(_ id: String?, _ tails: ShortIdentifiers) -> Line {
        guard let id, !id.isEmpty else { return Line("-", Style(.quiet)) }
        return Line(tails.short(id))
    }

    func text(_ outside: String?) -> Line {
        guard let outside, !outside.isEmpty else { return Line("-", Style(.quiet)) }
        return Line(DisplayText(outside))
    }

    /// Room for these ids: a tail for ULIDs, more for names of another kind.
    func width(of ids: some Sequence<String>, _ tails: ShortIdentifiers) -> Int {
        ids.allSatisfy(ShortIdentifiers.isULID) ? tails.width : ShortIdentifiers.widest
    }

    /// The tails of everything a list may show, long enough to tell apart what is shown.
    func identifiers(_ ids: [String]) -> ShortIdentifiers { ShortIdentifiers(of: ids) }

    /// What happened, in one line for a narrow place.
    func brief(_ event: EventRow, _ tails: ShortIdentifiers, withWorker: Bool = true, withPool: Bool = false) -> Line {
        var line = Line(Figures.clock(event.at), Style(.quiet))
        line.add(" ")
        let start = line.width
        line.add(word(of: event.what))
        line.advance(to: start + 7)
        if withWorker, let worker = event.worker {
            line.add(tails.short(worker), Style(.accent))
            line.add("  ")
        }
        if withPool, let pool = event.pool {
            line.add("pool ", Style(.quiet))
            line.add(tails.short(pool))
            line.add("  ")
        }
        let reason = event.reason == "-" ? "" : event.reason
        line.add(DisplayText(reason))
        if !event.detail.isEmpty {
            if !reason.isEmpty { line.add("  ") }
            line.add(ShortIdentifiers().short(in: event.detail), Style(.quiet))
        }
        if let by = event.by { line.add("  by \(DisplayText(by))", Style(.quiet)) }
        return line
    }
}
