import AdminProtocol

/// The lines that are always the same: who and where, is it well, the views; status and keys.
extension Scene {
    func chrome() -> [Line] { [identity(), health(), views()] }

    /// A piece of a line that leaves when there is no room; 0 never does.
    private struct Piece {
        var line: Line
        var priority: Int
        /// What is said instead when room is short.
        var shorter: Line?
    }

    /// What is of less priority leaves before anything is shortened.
    private static let ornament = 6

    private func fitted(_ pieces: [Piece], separator: Line, width: Int) -> Line {
        var kept = pieces
        func needed(_ pieces: [Piece]) -> Int {
            pieces.reduce(0) { $0 + $1.line.width } + separator.width * max(0, pieces.count - 1)
        }
        func leave(above priority: Int) {
            while needed(kept) > width, let leaving = kept.indices.max(by: { kept[$0].priority < kept[$1].priority }),
                kept[leaving].priority > priority
            {
                kept.remove(at: leaving)
            }
        }
        leave(above: Self.ornament)
        for place in kept.indices where needed(kept) > width {
            guard let shorter = kept[place].shorter else { continue }
            kept[place].shorter = kept[place].line
            kept[place].line = shorter
        }
        leave(above: 0)
        // What was shortened first comes back last.
        for place in kept.indices.reversed() {
            guard let longer = kept[place].shorter, longer.width > kept[place].line.width,
                needed(kept) - kept[place].line.width + longer.width <= width
            else { continue }
            kept[place].line = longer
        }
        var line = Line()
        for (place, piece) in kept.enumerated() {
            if place > 0 { line.add(separator) }
            line.add(piece.line)
        }
        return line
    }

    // MARK: Line 1

    private func identity() -> Line {
        let width = layout.size.columns
        let age = ageOfPicture()
        var pieces: [Piece] = []
        var who = Line()
        if let hello = model.hello {
            let word = DisplayText(hello.environment).shortened(to: 12)
            if !word.isEmpty {
                who.add(" \(word) ", Style(environmentRole(hello.environment), bold: true, reversed: true))
                who.add(" ")
            }
            who.add(DisplayText(hello.installation).shortened(to: 24), Style(.normal, bold: true))
        } else {
            who.add(DisplayText(model.settings.target).shortened(to: 40), Style(.normal, bold: true))
        }
        pieces.append(Piece(line: who, priority: 0))
        if let hello = model.hello {
            pieces.append(Piece(line: Line(DisplayText(hello.endpoint).shortened(to: 40)), priority: 3))
            if let open = hello.open {
                pieces.append(
                    Piece(
                        line: Line(
                            " OPEN \(DisplayText(open).shortened(to: 30)) ", Style(.warning, bold: true, reversed: true)
                        ),
                        priority: 1))
            }
            let right: DisplayText = model.mayAct ? "RW" : "RO"
            var rights = Line(right, Style(model.mayAct ? .warning : .quiet, bold: model.mayAct))
            rights.add(" \(DisplayText(hello.principal).shortened(to: 20))")
            pieces.append(Piece(line: rights, priority: 2))
            if layout.kind >= .normal, model.link.isUp {
                let up = now.subtractingReportingOverflow(hello.startedAt)
                let version = DisplayText(hello.version).shortened(to: 12)
                pieces.append(
                    Piece(
                        line: Line(
                            "broker \(version) up \(Figures.span(up.overflow ? 0 : up.partialValue))", Style(.quiet)),
                        priority: 5))
            }
        }
        if model.link.isUp {
            pieces.append(Piece(line: linkFigures(), priority: 4))
        }
        let separator = Line(" \(glyphs.vertical) ", Style(.quiet))
        var line = fitted(pieces, separator: separator, width: max(0, width - age.width - 3))
        if layout.kind >= .normal {
            line.advance(to: max(line.width + 3, width - age.width))
        } else if line.width > 0 {
            line.add(separator)
        }
        line.end(with: age, at: min(width, max(line.width + age.width, age.width)))
        return line
    }

    private func environmentRole(_ word: String) -> Style.Role {
        switch word {
        case "PROD", "PRODUCTION", "LIVE": .bad
        case "STAGE", "STAGING", "PREPROD": .warning
        default: .accent
        }
    }

    private func linkFigures() -> Line {
        var line = Line("rtt ", Style(.quiet))
        line.add(model.clock.roundTrip.map { Figures.latency($0) } ?? Figures.absent)
        if model.clock.isKnown {
            line.add(" skew ", Style(.quiet))
            let far = model.clock.skew.magnitude >= 2000
            line.add(Figures.skew(model.clock.skew), Style(far ? .warning : .normal, bold: far))
        }
        return line
    }

    /// `live 12:04:31`, `OFFLINE 17s, retry 4 in 3s | as of 12:04:14`: nobody shall mistake old data for new.
    func ageOfPicture() -> Line {
        let live = Figures.clock(model.clock.time(at: localNow))
        if let outage = model.link.outage {
            var line = Line(
                " OFFLINE \(Figures.span(localNow - outage.since)) ", Style(.bad, bold: true, reversed: true))
            let wait = max(0, outage.retryAt - localNow)
            line.add(", retry \(outage.attempt) in \(Figures.chosen((wait + 999) / 1000 * 1000))")
            if let frozen = model.frozen {
                line.add(" \(glyphs.vertical) FROZEN \(Figures.clock(frozen.at))", Style(.warning, bold: true))
            } else if model.clock.newest > 0 {
                line.add(" \(glyphs.vertical) as of \(Figures.clock(model.clock.newest))")
            }
            return line
        }
        if let frozen = model.frozen {
            var line = Line(" FROZEN \(Figures.clock(frozen.at)) ", Style(.warning, bold: true, reversed: true))
            line.add(" live \(live)", Style(.quiet))
            return line
        }
        guard model.link.isUp else { return Line("connecting..", Style(.warning)) }
        let silence = localNow - model.heardAt
        if silence > 3000 {
            return Line(" SILENT \(Figures.span(silence)) ", Style(.warning, bold: true, reversed: true))
                .adding(" \(live)")
        }
        return Line("live ", Style(.good)).adding(live, Style(.normal, bold: true))
    }

    // MARK: Line 2

    func health() -> Line {
        guard let overview = data.overview else {
            return Line(
                model.link.isUp ? "asking the broker.." : reasonOffline(), Style(model.link.isUp ? .quiet : .bad))
        }
        let offline = !model.link.isUp
        let wide = layout.kind >= .normal
        func figure(_ text: DisplayText) -> DisplayText { offline ? Figures.absent : text }
        var pieces: [Piece] = []
        func add(_ name: DisplayText, _ value: DisplayText, _ priority: Int, _ style: Style = Style()) {
            var line = Line("\(name) ", style.role == .normal ? Style(.quiet) : style)
            line.add(value, style)
            pieces.append(Piece(line: line, priority: priority))
        }
        if offline, let outage = model.link.outage {
            pieces.append(
                Piece(
                    line: Line("STALE \(Figures.span(localNow - outage.since))", Style(.warning, bold: true)),
                    priority: 0))
        }
        add("workers", Figures.whole(Int64(overview.workers)), 0, Style(.normal, bold: true))
        if overview.workersChange != 0, !offline {
            let sign: DisplayText = overview.workersChange > 0 ? "+" : ""
            pieces[pieces.count - 1].shorter = pieces[pieces.count - 1].line
            pieces[pieces.count - 1].line.add(" (\(sign)\(overview.workersChange)/1m)", Style(.quiet))
        }
        add("in", figure(rate(overview.received, bytes: wide)), 1)
        add("out", figure(rate(overview.sent, bytes: wide)), 1)
        add(
            "drop", figure(Figures.number(overview.dropped)), overview.dropped > 0 ? 0 : wide ? 3 : 9,
            trouble(overview.dropped > 0))
        pieces.append(queue(overview.queue, offline: offline))
        let denied = overview.deniedPerMinute > 0
        add(
            denied ? "DENIED" : "denied", figure("\(Figures.number(overview.deniedPerMinute))/m"), denied ? 0 : 5,
            trouble(denied))
        // The first view has them in full.
        if !overview.alerts.isEmpty, wide || model.place != .overview {
            add("alerts", "\(overview.alerts.count)", 4, Style(.bad, bold: true))
        }
        addLevel(overview.levels, add: add)
        if layout.kind == .wide {
            add("inflight", figure(Figures.number(overview.inFlight)), 7)
            add("queued", figure(Figures.number(overview.queued)), 7)
            add("retained", figure(Figures.number(overview.retained)), 8)
        }
        if wide, !overview.operators.isEmpty { add("consoles", "\(overview.operators.count)", 7) }
        return fitted(pieces, separator: Line(layout.kind == .wide ? "   " : "  "), width: layout.size.columns)
    }

    private func trouble(_ is: Bool) -> Style { `is` ? Style(.bad, bold: true) : Style() }

    private func rate(_ traffic: Traffic, bytes: Bool) -> DisplayText {
        let messages: DisplayText = "\(Figures.number(traffic.rate10s))/s"
        return bytes ? "\(messages) \(Figures.bytes(traffic.bytes10s))/s" : messages
    }

    private func queue(_ queue: Overview.Queue, offline: Bool) -> Piece {
        if queue.trouble != nil {
            return Piece(line: Line("QUEUE not committing", Style(.bad, bold: true)), priority: 0)
        }
        if queue.warning != nil {
            return Piece(line: Line("QUEUE unsafe", Style(.bad, bold: true)), priority: 0)
        }
        guard let depth = queue.depth, !offline else {
            return Piece(line: Line("queue ", Style(.quiet)).adding(Figures.absent), priority: 7)
        }
        let old = (queue.oldestAge ?? 0) > 60_000
        let style = old ? Style(.warning, bold: true) : Style()
        let short = Line("queue ", Style(.quiet)).adding(Figures.number(depth), style)
        guard let age = queue.oldestAge else { return Piece(line: short, priority: 2) }
        let whole = short.adding(" (\(Figures.span(age)))", style)
        return Piece(line: whole, priority: 2, shorter: old ? nil : short)
    }

    /// `log warn`, or `log debug 09:41` while somebody has lent it.
    private func addLevel(_ levels: LogLevels, add: (DisplayText, DisplayText, Int, Style) -> Void) {
        let own = levels.leases.first { $0.scope == "broker" }
        var text = DisplayText(levels.level.rawValue)
        if let until = own?.until { text += " \(left(until: until))" }
        let others = levels.leases.count - (own == nil ? 0 : 1)
        if others > 0 { text += " +\(others)" }
        let lent = !levels.leases.isEmpty
        add("log", text, lent ? 1 : 3, lent ? Style(.warning) : Style())
    }

    // MARK: Line 3

    private func views() -> Line {
        var line = Line()
        let active = model.place.number
        for (place, view) in Place.views.enumerated() {
            let isActive = view.number == active
            let before = place > 0 && Place.views[place - 1].number == active
            if isActive {
                line.add("[", Style(.accent, bold: true))
                line.add("\(view.number) \(view.name)", Style(.accent, bold: true))
            } else {
                line.add(before ? "]" : " ", before ? Style(.accent, bold: true) : Style())
                line.add("\(view.number) ", Style(.quiet))
                line.add(view.name)
            }
        }
        line.add(Place.views.last?.number == active ? "]" : " ", Style(.accent, bold: true))
        if let where_ = crumbs() {
            line.add("  ")
            line.add(where_)
        }
        return line
    }

    /// What the view is restricted to.
    private func crumbs() -> Line? {
        switch model.place {
        case .workers(let pool?):
            let name = data.pools.row(pool)?.name ?? data.workers.rows.first { $0.pool == pool }?.poolName
            return Line("pool \(model.tails(pool)) \(DisplayText(name ?? "").shortened(to: 24))", Style(.accent))
        case .topics(let shape?): return Line("topics of \(ShortIdentifiers().short(in: shape))", Style(.accent))
        case .worker(let id): return Line("worker \(model.tails(id))", Style(.accent))
        case .overview, .pools, .workers, .topics, .denied, .events, .log: return nil
        }
    }

    // MARK: The last two lines

    func reasonOffline() -> DisplayText {
        guard let outage = model.link.outage else { return "connecting to \(DisplayText(model.settings.target)).." }
        return "connection lost: \(outage.reason)"
    }

    func status() -> Line {
        if let prompt = model.prompt {
            var line = Line("/ ", Style(.accent, bold: true))
            let text = DisplayText(prompt.text)
            line.add(text.suffix(max(0, layout.size.columns - 40)))
            line.add(" ", Style(.normal, underlined: true))
            line.end(
                with: Line("words  field:value  field>10  !not  and  or  ( )", Style(.quiet)),
                at: layout.size.columns >= 60 + line.width ? layout.size.columns : line.width)
            return line
        }
        if let notice = model.notice { return Line(notice.text, Style(notice.role, bold: notice.role == .bad)) }
        if !model.link.isUp { return Line(reasonOffline(), Style(.bad)) }
        if model.place == .overview { return overviewStatus() }
        if let list = model.place.list { return listStatus(list) }
        if case .worker(let id) = model.place { return followedStatus(id) }
        return Line()
    }

    func putPromptCursor(on canvas: inout Canvas) {
        guard let prompt = model.prompt else { return }
        let width = min(DisplayText(prompt.text).width, max(0, layout.size.columns - 40))
        canvas.putCursor(column: 2 + width, row: layout.size.rows - 2)
    }

    private func overviewStatus() -> Line {
        guard let overview = data.overview else { return Line() }
        var parts: [DisplayText] = []
        if overview.stuck > 0 { parts.append("\(overview.stuck) stuck") }
        if overview.flapping > 0 { parts.append("\(overview.flapping) flapping") }
        if let trouble = overview.queue.trouble { parts.append("queue: \(DisplayText(trouble))") }
        if parts.isEmpty { return Line("\(overview.pools) pools, nothing needs attention", Style(.quiet)) }
        return Line("\(overview.pools) pools; " + .joined(parts, by: ", "), Style(.warning))
    }

    private func followedStatus(_ worker: String) -> Line {
        guard let kick = model.kicks.last(where: { $0.worker == worker }) else { return Line() }
        return Line("kicked \(Figures.clock(kick.at)): \(kick.text)", Style(.accent))
    }
}
