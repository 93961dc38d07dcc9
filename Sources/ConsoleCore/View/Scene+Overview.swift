import AdminProtocol

/// How the first view divides its rows.
struct OverviewLayout {
    let alerts: Int
    let graphs: Int
    let pools: Int
    let workers: Int
    let events: Int
    let isWide: Bool

    init(_ layout: Layout, knowledge: Knowledge) {
        isWide = layout.kind == .wide
        let content = layout.content
        let firing = knowledge.overview?.alerts.count ?? 0
        alerts = firing == 0 ? 1 : min(firing, isWide ? 4 : layout.kind == .normal ? 3 : 1)
        let wanted = isWide ? 8 : layout.kind == .normal ? 6 : 4
        graphs = content >= 16 ? wanted : content >= 13 ? 2 : 0
        let known = max(1, knowledge.sidePools.rows.count)
        // Rules and headings: one above the graphs, two above the pools, one above what follows.
        let rest = max(2, content - alerts - (graphs > 0 ? graphs + 1 : 0) - 2 - 1)
        if isWide {
            pools = min(known, 12, rest / 2)
            workers = max(1, rest - pools - 2)
            // Beside them: why connections ended, what was denied, the log's levels.
            let reasons = min(10, Set(knowledge.sideEnded.rows.map(\.reason)).count)
            let denials = min(10, max(1, knowledge.sideDenials.rows.count))
            let leases = knowledge.overview?.levels.leases.count ?? 0
            events = max(1, content - 7 - reasons - denials - leases)
        } else {
            pools = min(known, max(1, rest * 3 / 5))
            workers = 0
            events = max(0, rest - pools)
        }
    }

    /// What Tab goes through.
    var panels: [Feed] {
        isWide ? [.overview, .sidePools, .sideWorkers, .sideEvents] : [.overview, .sidePools, .sideEvents]
    }

    func height(of feed: Feed) -> Int {
        switch feed {
        case .overview: alerts
        case .sidePools: pools
        case .sideWorkers: workers
        case .sideEvents: events
        case .pools, .workers, .worker, .topics, .denials, .events, .log, .sideEnded, .sideDenials: 1
        }
    }
}

/// View 1: what needs attention first.
extension Scene {
    func overview() -> [Line] {
        let plan = OverviewLayout(layout, knowledge: data)
        let width = layout.left
        var lines = alerts(plan.alerts, width: width)
        if plan.graphs > 0 {
            lines.append(rule("last minutes, one column per second (sweep)", width: width))
            lines += brokerGraphs(width: width, count: plan.graphs)
        }
        lines.append(panelRule("pools by attention", .sidePools, width: width))
        lines += list(
            data.sidePools, poolTable(width: width, isPanel: true), of: .sidePools, width: width, height: plan.pools,
            empty: "no pools yet: signalbox pool add makes one")
        if plan.isWide {
            lines.append(panelRule("workers by attention", .sideWorkers, width: width))
            lines += list(
                data.sideWorkers, workerTable(width: width, pool: nil, isPanel: true), of: .sideWorkers, width: width,
                height: plan.workers, empty: "no worker has connected yet")
            return beside(lines, aside(plan), leftWidth: layout.left, rows: layout.content)
        }
        lines.append(panelRule("last events", .sideEvents, width: width))
        lines += eventPanel(rows: plan.events, width: width)
        return filled(lines, to: layout.content)
    }

    private func panelRule(_ title: DisplayText, _ feed: Feed, width: Int) -> Line {
        rule(Line(title, model.focus == feed ? Style(.accent, bold: true) : Style(.heading)), width: width)
    }

    private func alerts(_ rows: Int, width: Int) -> [Line] {
        guard let alerts = data.overview?.alerts else {
            return [Line("ALERTS  ", Style(.heading)).adding(Figures.absent, Style(.quiet))]
        }
        guard !alerts.isEmpty else { return [Line("ALERTS  ", Style(.heading)).adding("none", Style(.good))] }
        let cursor = model.cursors[.overview, default: Cursor()]
        let hasFocus = model.focus == .overview
        return (0..<rows).map { row in
            guard alerts.indices.contains(cursor.top + row) else { return Line() }
            let alert = alerts[cursor.top + row]
            var line = Line(row == 0 ? "ALERTS  " : "        ", Style(.heading))
            line.add("! ", Style(.bad, bold: true))
            line.add(ShortIdentifiers().short(in: alert.text), Style(.bad, bold: true))
            line.add("  since \(Figures.clock(alert.since))", Style(.quiet))
            if alerts.count > rows, row == rows - 1 {
                line.end(with: Line("  \(alerts.count) in all", Style(.quiet)), at: width)
            }
            if hasFocus, cursor.id == alert.id {
                line.advance(to: width)
                line.restyle { $0.reversed = true }
            }
            return line
        }
    }

    private func eventPanel(rows: Int, width: Int) -> [Line] {
        let listing = data.sideEvents
        let shown = visible(listing, .sideEvents)
        let tails = identifiers(shown.compactMap(\.worker) + shown.compactMap(\.pool))
        let cursor = model.cursors[.sideEvents, default: Cursor()]
        let hasFocus = model.focus == .sideEvents
        if listing.rows.isEmpty, rows > 0 {
            return [Line("  ").adding(emptyText(listing, cursor, "nothing has happened yet"), Style(.quiet))]
        }
        return (0..<max(0, rows)).map { row in
            guard let event = listing.row(at: cursor.top + row) else { return Line() }
            var line = brief(event, tails, withPool: layout.kind == .normal)
            line.cut(to: width)
            guard hasFocus, cursor.id == event.id else { return line }
            line.advance(to: width)
            line.restyle { $0 = Style(.normal, bold: $0.bold, reversed: true) }
            return line
        }
    }

    /// The right side of a wide screen.
    private func aside(_ plan: OverviewLayout) -> [Line] {
        let width = layout.right
        var lines = [panelRule("events", .sideEvents, width: width)]
        lines += filled(eventPanel(rows: plan.events, width: width), to: plan.events)
        let rest = max(0, layout.content - lines.count)
        let ended = endings(data.sideEnded.rows)
        lines.append(rule("why the last \(data.sideEnded.rows.count) connections ended", width: width))
        lines += bars(ended, width: width, rows: min(10, rest / 3))
        lines.append(Line())
        lines.append(rule("denied", width: width))
        let tails = identifiers(data.sideDenials.rows.map(\.client))
        lines += data.sideDenials.rows.prefix(min(10, rest / 3)).map { brief($0, tails) }
        if data.sideDenials.isLoaded, data.sideDenials.rows.isEmpty { lines.append(Line("none", Style(.good))) }
        lines.append(Line())
        lines.append(rule("log levels", width: width))
        lines += levelLines()
        return lines
    }
}
