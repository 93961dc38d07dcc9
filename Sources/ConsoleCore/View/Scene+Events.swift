import AdminProtocol

/// View 7: what happened, and how connections ended.
extension Scene {
    private func eventTable(width: Int) -> Table<EventRow> {
        let rows = visible(data.events, .events)
        let tails = identifiers(rows.compactMap(\.worker))
        let pools = identifiers(rows.compactMap(\.pool))
        let exact = width >= 100
        func reason(_ row: EventRow) -> Line {
            var line = text(row.reason)
            if let by = row.by { line.add(" by \(DisplayText(by))", Style(.accent)) }
            return line
        }
        func detail(_ row: EventRow) -> Line {
            guard !row.detail.isEmpty else { return Line() }
            let detail = exact ? row.detail : withoutNamespace(row.detail)
            return Line(ShortIdentifiers().short(in: detail), Style(.quiet))
        }
        // The two share what the ids leave by what there is to say.
        let room = max(40, width - Table<EventRow>.margin - 24)
        let longest = min(max(28, rows.map { detail($0).width }.max() ?? 0), 90)
        let reasons = min(rows.map { reason($0).width }.max() ?? 0, max(room - longest, room * 2 / 5), 40)
        let details = min(longest, max(20, room - max(6, reasons)))
        let columns: [Column<EventRow>] = [
            .text("TIME", exact ? 12 : 8, priority: 0) {
                Line(exact ? Figures.exactClock($0.at) : Figures.clock($0.at), Style(.quiet))
            },
            .text("WHAT", 6, priority: 0) { word(of: $0.what) },
            .text("WORKER", self.width(of: rows.compactMap(\.worker), tails), priority: 1) { id($0.worker, tails) },
            .text("POOL", pools.width, priority: 3) { id($0.pool, pools) },
            .text("NAME", 12, widest: 14, priority: 4) { text($0.poolName) },
            .text("REASON", reasons, priority: 2) { reason($0) },
            .text("DETAIL", details, widest: 90, priority: 2) { detail($0) },
        ]
        return Table(columns, width: width, sort: nil)
    }

    func eventsView() -> [Line] {
        let width = layout.size.columns
        var lines: [Line] = []
        if layout.header(of: .events) > 0 {
            lines.append(
                Line("/ what:gone, what:deny, what:kick .. narrows the list; Enter opens the worker", Style(.quiet)))
        }
        lines += list(
            data.events, eventTable(width: width), of: .events, width: width, height: layout.listRows(of: .events),
            empty: "nothing has happened yet")
        let preview = layout.preview(of: .events)
        guard preview > 0 else { return lines }
        lines += filled(endingPanel(width: width, rows: preview), to: preview)
        return lines
    }

    private func endingPanel(width: Int, rows: Int) -> [Line] {
        let ended = data.sideEnded.rows
        let counts = endings(ended)
        let since = ended.last.map { ", since \(Figures.clock($0.at))" as DisplayText } ?? .empty
        let title = rule("why the last \(ended.count) connections ended\(since)", width: width)
        guard !counts.isEmpty else { return [title, Line("none has ended", Style(.quiet))] }
        let half = width / 2 - 1
        let each = max(1, rows - 1)
        let left = bars(Array(counts.prefix(each)), width: half, rows: each)
        let right = bars(Array(counts.dropFirst(each).prefix(each)), width: half, rows: each)
        return [title]
            + (0..<each).map { row in
                var line = row < left.count ? left[row] : Line()
                line.advance(to: half + 2)
                if row < right.count { line.add(right[row]) }
                return line
            }
    }
}
