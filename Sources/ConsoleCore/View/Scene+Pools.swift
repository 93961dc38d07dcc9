import AdminProtocol

/// View 2: the worker pools.
extension Scene {
    func poolTable(width: Int, isPanel: Bool = false) -> Table<PoolRow> {
        let rows = isPanel ? visible(data.sidePools, .sidePools) : visible(data.pools, .pools)
        let tails = identifiers(rows.map(\.id))
        var columns: [Column<PoolRow>] = [
            .text("POOL", tails.width, priority: 0, field: "id") { Line(tails.short($0.id), Style(.accent)) },
            .text("NAME", 12, widest: 28, priority: 1, field: "name") {
                Line(DisplayText($0.name).shortened(to: 28))
            },
            .figure("CONN", 4, priority: 2, field: "connected") { figure($0.connected) },
        ]
        // What the workers do not say themselves is absent, not zero.
        if rows.contains(where: { $0.busy != nil }) {
            columns.append(.figure("BUSY", 4, priority: 7, field: "busy") { figure($0.busy) })
        }
        if rows.contains(where: { $0.idle != nil }), !isPanel {
            columns.append(.figure("IDLE", 4, priority: 9, field: "idle") { figure($0.idle) })
        }
        if rows.contains(where: { $0.drained != nil }) {
            columns.append(.figure("DRAIN", 5, priority: 10, field: "drained") { figure($0.drained) })
        }
        columns += [
            .figure("IN/s", 5, priority: 3, field: "in_rate") { figure($0.inRate) },
            .figure("OUT/s", 5, priority: 4, field: "out_rate") { figure($0.outRate) },
            .figure("DENY/m", 6, priority: 5, field: "denied_per_minute") { trouble($0.deniedPerMinute) },
            .figure("FLAP/5m", 7, priority: 8, field: "flaps") { trouble(Double($0.flaps), .warning) },
            .figure("STUCK", 5, priority: 6, field: "stuck") { trouble(Double($0.stuck)) },
            .figure("QUEUE", 5, priority: 11, field: "queued") { figure($0.queued) },
            .figure("IN B/s", 6, priority: 14, field: "in_bytes") { Line(Figures.bytes($0.inBytes)) },
            .figure("OUT B/s", 7, priority: 15, field: "out_bytes") { Line(Figures.bytes($0.outBytes)) },
            .text("VERSIONS", 10, widest: 18, priority: 13) { versions($0.versions, most: 2) },
        ]
        if !isPanel {
            columns.append(
                .figure("OLDEST", 6, priority: 12, field: "oldest_connected_at", descending: false) { row in
                    Line(age(row.oldestConnectedAt), Style(.quiet))
                })
        }
        columns.append(.text("STATE", 6, priority: 0, field: "state") { word(ofPool: $0.state) })
        return Table(columns, width: width, sort: isPanel ? nil : sort(of: .pools))
    }

    private func versions(_ versions: [PoolRow.Version], most: Int) -> Line {
        guard let first = versions.first else { return Line("-", Style(.quiet)) }
        var line = Line(DisplayText(first.version).shortened(to: 12))
        if most > 1, versions.count > 1 { line.add(" +\(versions.count - 1)", Style(.quiet)) }
        return line
    }

    func poolsView() -> [Line] {
        let height = layout.listRows(of: .pools)
        var lines = list(
            data.pools, poolTable(width: layout.left), of: .pools, width: layout.left, height: height,
            empty: "no pools yet: signalbox pool add makes one")
        let selected = data.pools.row(model.cursors[.pools]?.id)
        if layout.kind == .wide {
            return beside(
                lines, poolDetail(selected, width: layout.right), leftWidth: layout.left, rows: layout.content)
        }
        let preview = layout.preview(of: .pools)
        if preview > 0 { lines += filled(poolDetail(selected, width: layout.size.columns), to: preview) }
        return lines
    }

    private func poolDetail(_ pool: PoolRow?, width: Int) -> [Line] {
        guard let pool else { return [rule("no pool selected", width: width)] }
        var title = Line("\(model.tails(pool.id)) ", Style(.accent, bold: true))
        title.add(DisplayText(pool.name).shortened(to: 28), Style(.heading, bold: true))
        title.add("  \(DisplayText(pool.id))  created \(Figures.date(pool.createdAt))", Style(.quiet))
        var lines = [rule(title, width: width)]
        if layout.kind == .compact {
            var attention = Line()
            attention.add(fact("versions", versionList(pool)))
            lines.append(attention)
            lines += trace(of: pool.id, width: width, incoming: pool.inRate, outgoing: nil)
            lines.append(fact("queued", queueLine(pool)))
            return lines
        }
        lines += trace(of: pool.id, width: width, incoming: pool.inRate, outgoing: pool.outRate)
        lines.append(fact("versions", versionList(pool)))
        lines.append(fact("workers", troubleLine(pool)))
        lines.append(fact("queued", queueLine(pool)))
        if layout.kind == .wide {
            lines.append(Line())
            lines.append(rule("its workers by attention", width: width))
            let tails = identifiers(data.sideWorkers.rows.map(\.id))
            let rows = max(0, (layout.content - lines.count) / 2)
            for row in data.sideWorkers.rows.prefix(rows) {
                var line = Line(tails.short(row.id), Style(.accent))
                line.advance(to: tails.width + 2)
                line.add(word(of: row.state))
                line.advance(to: tails.width + 10)
                line.add(DisplayText(row.why ?? row.address), row.why == nil ? Style(.quiet) : Style())
                lines.append(line)
            }
            lines.append(Line())
        }
        lines.append(rule("its last events", width: width))
        let tails = identifiers(data.sideEvents.rows.compactMap(\.worker))
        if data.sideEvents.rows.isEmpty { lines.append(Line("none", Style(.quiet))) }
        for event in data.sideEvents.rows.prefix(20) { lines.append(brief(event, tails)) }
        return lines
    }

    private func versionList(_ pool: PoolRow) -> Line {
        var line = Line()
        for (place, one) in pool.versions.prefix(4).enumerated() {
            if place > 0 { line.add(", ") }
            line.add(DisplayText(one.version).shortened(to: 20))
            line.add(" x\(one.count)", Style(.quiet))
        }
        if pool.versions.isEmpty { line.add("its workers do not say", Style(.quiet)) }
        line.add("    addresses ", Style(.quiet))
        line.add("\(pool.addresses)")
        return line
    }

    private func troubleLine(_ pool: PoolRow) -> Line {
        var line = Line("\(pool.connected) connected")
        if pool.stuck > 0 { line.add("   \(pool.stuck) STUCK", Style(.bad, bold: true)) }
        if pool.flapping > 0 { line.add("   \(pool.flapping) FLAP", Style(.bad, bold: true)) }
        if pool.deniedPerMinute > 0 {
            line.add("   denied \(Figures.number(pool.deniedPerMinute))/m", Style(.bad, bold: true))
        }
        if let oldest = pool.oldestConnectedAt { line.add("   the oldest since \(age(oldest))", Style(.quiet)) }
        return line
    }

    private func queueLine(_ pool: PoolRow) -> Line {
        var line = Line("\(Figures.number(pool.queued)) for its workers")
        if let oldest = pool.oldestQueuedAt { line.add(", oldest \(age(oldest))", Style(.warning)) }
        line.add("    wills ", Style(.quiet))
        line.add("\(pool.wills)")
        return line
    }
}
