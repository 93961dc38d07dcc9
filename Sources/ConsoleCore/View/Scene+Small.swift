import AdminProtocol

/// What is left on a terminal too small for the views.
extension Scene {
    /// Under 40x8: one message.
    func message() -> [Line] {
        let size = layout.size
        let texts: [DisplayText] = [
            "\(size.columns)x\(size.rows) is too small", "40x8 shows lines", "60x16 shows views", "q quits",
        ]
        return Array(texts.prefix(size.rows)).map { Line($0) }
    }

    /// Under 60x16: one line per item.
    func lines() -> [Line] {
        let width = layout.size.columns
        var first = Line()
        if let word = model.hello?.environment, !word.isEmpty {
            first.add(DisplayText(word).shortened(to: 8), Style(.bad, bold: true, reversed: true))
            first.add(" ")
        }
        first.add("\(model.place.number) \(model.place.name) ", Style(.accent, bold: true))
        first.end(with: ageOfPicture(), at: width)
        var lines = [first]
        lines += filled(items(rows: layout.size.rows - 3), to: layout.size.rows - 3)
        lines.append(status())
        lines.append(hints())
        return lines
    }

    private func items(rows: Int) -> [Line] {
        if model.help != nil { return Array(helpPage(from: model.help ?? 0).prefix(rows)) }
        let cursor = model.focus.flatMap { model.cursors[$0] } ?? Cursor()
        func each<Row: ListedRow>(_ listing: Listing<Row>, _ line: (Row) -> Line) -> [Line] {
            (0..<max(0, rows)).map { place in
                guard let row = listing.row(at: cursor.top + place) else { return Line() }
                let isSelected = row.id == cursor.id
                var all = Line(isSelected ? "> " : "  ")
                all.add(line(row))
                guard isSelected else { return all }
                all.advance(to: layout.size.columns)
                return all.restyled { $0 = Style(.normal, bold: $0.bold, reversed: true) }
            }
        }
        switch model.place {
        case .overview:
            let alerts = (data.overview?.alerts ?? []).map {
                Line("! \(ShortIdentifiers().short(in: $0.text))", Style(.bad, bold: true))
            }
            let pools = each(data.sidePools, poolItem)
            return Array(([health()] + alerts.prefix(2) + pools).prefix(max(0, rows)))
        case .pools: return each(data.pools, poolItem)
        case .workers: return each(data.workers, workerItem)
        case .worker(let id):
            guard let detail = data.worker, detail.row.id == id else { return [Line("asking the broker..")] }
            let all =
                [workerItem(detail.row)] + workerFacts(detail.row, detail: detail)
                + detail.history.map { brief($0, ShortIdentifiers(), withWorker: false) }
            return Array(all.dropFirst(min(model.scroll, max(0, all.count - rows))))
        case .topics:
            return each(data.topics) { row in
                Line("\(Figures.number(row.rate10s))/s ").adding(ShortIdentifiers().short(in: row.id))
            }
        case .denied: return each(data.denials) { brief($0, ShortIdentifiers()) }
        case .events: return each(data.events) { brief($0, ShortIdentifiers()) }
        case .log:
            return each(data.log) { row in
                word(of: row.level).adding(" \(DisplayText(row.message))")
            }
        }
    }

    private func poolItem(_ row: PoolRow) -> Line {
        var line = Line("\(model.tails(row.id)) ", Style(.accent))
        line.add(word(ofPool: row.state))
        line.add(" \(Figures.number(row.connected))w \(Figures.number(row.inRate))/s ")
        line.add(DisplayText(row.name))
        return line
    }

    private func workerItem(_ row: WorkerRow) -> Line {
        var line = Line("\(model.tails(row.id)) ", Style(.accent))
        line.add(word(of: row.state))
        line.add(" q\(Figures.number(row.queued)) ")
        line.add(DisplayText(row.why ?? row.poolName))
        return line
    }
}
