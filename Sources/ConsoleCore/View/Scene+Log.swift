import AdminProtocol

/// View 8: what the broker says, and how much it says.
extension Scene {
    private func logTable(width: Int) -> Table<LogRow> {
        let rows = visible(data.log, .log)
        let tails = identifiers(rows.compactMap(\.client))
        let exact = width >= 100
        let columns: [Column<LogRow>] = [
            .text("TIME", exact ? 12 : 8, priority: 0) {
                Line(exact ? Figures.exactClock($0.at) : Figures.clock($0.at), Style(.quiet))
            },
            .text("LEVEL", 5, priority: 0) { word(of: $0.level) },
            .text("PART", 10, priority: 2) { Line(DisplayText($0.subsystem).shortened(to: 10), Style(.quiet)) },
            .text("CLIENT", self.width(of: rows.compactMap(\.client), tails), priority: 1) { id($0.client, tails) },
            .text("MESSAGE", 20, widest: 400, priority: 0) { row in
                let message =
                    exact
                    ? DisplayText(row.message) : ShortIdentifiers().short(in: BriefMessage(row.message).text)
                return Line(message, row.level == .error ? Style(.bad) : Style())
            },
        ]
        return Table(columns, width: width, sort: nil)
    }

    func logView() -> [Line] {
        var lines: [Line] = []
        if layout.header(of: .log) > 0 { lines.append(levelLine()) }
        let width = layout.kind == .wide ? layout.left : layout.size.columns
        lines += list(
            data.log, logTable(width: width), of: .log, width: width, height: layout.listRows(of: .log),
            empty: "the broker has said nothing at this level; L changes it")
        guard layout.kind == .wide else { return lines }
        var right = [rule("levels in force", width: layout.right)] + levelLines()
        if let row = data.log.row(model.cursors[.log]?.id) {
            right += [Line(), rule("line \(DisplayText(row.id))", width: layout.right)]
            right.append(fact("at", "\(Figures.date(row.at)) \(Figures.exactClock(row.at)) UTC"))
            right.append(fact("level", word(of: row.level)))
            right.append(fact("part", DisplayText(row.subsystem)))
            right.append(fact("client", text(row.client)))
            right.append(fact("pool", text(row.pool)))
            right.append(Line())
            right += wrapped(DisplayText(row.message), width: layout.right)
        }
        return beside(lines, right, leftWidth: layout.left, rows: layout.content)
    }

    private func wrapped(_ text: DisplayText, width: Int) -> [Line] {
        var lines: [Line] = []
        var rest = text
        while !rest.isEmpty, lines.count < 20 {
            let first = rest.prefix(max(2, width))
            guard !first.isEmpty else { break }
            lines.append(Line(first))
            rest = rest.suffix(rest.width - first.width)
        }
        return lines
    }

    /// `levels  broker warn | ..90QP debug until 12:14:12 (09:41 left, by bob)   14 lines/s`.
    private func levelLine() -> Line {
        guard let levels = data.overview?.levels else { return Line() }
        var line = Line("levels  ", Style(.heading))
        line.add("broker ", Style(.quiet))
        line.add(word(of: levels.level))
        line.add("  \(Figures.number(levels.linesPerSecond)) lines/s", Style(.quiet))
        for lease in levels.leases {
            line.add(" \(glyphs.vertical) ", Style(.quiet))
            line.add(self.line(of: lease))
        }
        return line
    }

    /// The same, one below the other.
    func levelLines() -> [Line] {
        guard let levels = data.overview?.levels else { return [] }
        var lines = [
            Line("broker ", Style(.quiet)).adding(DisplayText(levels.level.rawValue), Style(.normal, bold: true))
                .adding(
                    "  configured \(DisplayText(levels.configured.rawValue)), \(Figures.number(levels.linesPerSecond)) lines/s",
                    Style(.quiet))
        ]
        lines += levels.leases.map { line(of: $0) }
        return lines
    }

    private func line(of lease: LogLevels.Lease) -> Line {
        var line = Line("\(model.name(ofScope: lease.scope)) ", Style(.accent))
        line.add(word(of: lease.level))
        if let until = lease.until {
            line.add(
                " until \(Figures.clock(until)) (\(left(until: until)) left, by \(DisplayText(lease.by)))",
                Style(.warning))
        } else {
            line.add(" kept (by \(DisplayText(lease.by)))", Style(.quiet))
        }
        if let reason = lease.reason { line.add(" \(DisplayText(reason))", Style(.quiet)) }
        return line
    }
}
