import AdminProtocol

/// What all lists have in common.
extension Scene {
    /// The heading and the visible rows of a list; always `height + 1` lines.
    func list<Row>(
        _ listing: Listing<Row>, _ table: Table<Row>, of feed: Feed, width: Int, height: Int, empty: DisplayText
    ) -> [Line] {
        var lines = [table.heading()]
        let cursor = model.cursors[feed, default: Cursor()]
        let hasFocus = model.focus == feed
        for place in 0..<max(0, height) {
            guard let row = listing.row(at: cursor.top + place) else {
                lines.append(Line())
                continue
            }
            let isSelected = cursor.id == row.id
            var line = table.line(of: row, isSelected: isSelected, hasFocus: hasFocus, width: width)
            // Kept for the cursor only: the broker does not list it any more.
            if listing.held == row.id, row.isDeparted { line.restyle { $0 = Style(.quiet) } }
            lines.append(line)
        }
        if listing.rows.isEmpty, height > 0 {
            let refusal = model.refusals[feed]
            lines[min(2, height)] = Line("  ").adding(
                refusal ?? emptyText(listing, cursor, empty), Style(refusal == nil ? .quiet : .bad))
        }
        return lines
    }

    /// The rows of a list that are on the screen.
    func visible<Row>(_ listing: Listing<Row>, _ feed: Feed) -> [Row] {
        let first = (model.cursors[feed]?.top ?? 0) - listing.offset
        let start = min(max(0, first), listing.rows.count)
        return Array(listing.rows[start...].prefix(max(0, model.height(of: feed))))
    }

    /// Why a list shows no row.
    func emptyText<Row>(_ listing: Listing<Row>, _ cursor: Cursor, _ empty: DisplayText) -> DisplayText {
        if listing.isLoaded { return cursor.filter.isEmpty ? empty : "nothing matches the filter; / changes it" }
        if model.frozen != nil { return "this was not on the screen when it was frozen; z goes on" }
        switch model.link {
        case .up: return "asking the broker.."
        case .connecting: return "connecting.."
        case .down: return "nothing was heard of this before the link was lost"
        }
    }

    /// The order of a list: as it was asked for, else as the broker has it.
    func sort(of feed: Feed) -> SortOrder? {
        SortOrder(model.cursors[feed]?.sort ?? data.sort(of: feed))
    }

    /// The fields `<` and `>` go through: those of the columns on the screen.
    func sortFields() -> [(field: String, descending: Bool)] {
        switch model.place {
        case .pools: poolTable(width: layout.left).fields
        case .workers(let pool): workerTable(width: layout.left, pool: pool).fields
        case .topics: topicTable(width: layout.left).fields
        case .denied: denialTable(width: layout.left).fields
        case .overview, .worker, .events, .log: []
        }
    }

    private func sortTitle(_ field: String) -> DisplayText {
        let title =
            switch model.place {
            case .pools: poolTable(width: layout.left).title(of: field)
            case .workers(let pool): workerTable(width: layout.left, pool: pool).title(of: field)
            case .topics: topicTable(width: layout.left).title(of: field)
            case .denied: denialTable(width: layout.left).title(of: field)
            case .overview, .worker, .events, .log: nil as DisplayText?
            }
        return title ?? DisplayText(field)
    }

    /// `38 of 412 workers, sort LAST-IN desc, filter pool:7QK2`.
    func listStatus(_ feed: Feed) -> Line {
        let cursor = model.cursors[feed, default: Cursor()]
        let window = data.window(of: feed)
        var line = Line()
        if !cursor.filter.isEmpty {
            line.add("/ ", Style(.accent, bold: true))
            line.add(DisplayText(cursor.filter).shortened(to: max(8, layout.size.columns / 2)), Style(.accent))
            line.add("   ")
        }
        let total = total(of: feed)
        let things = things(of: feed, one: (cursor.filter.isEmpty ? total : window.matched) == 1)
        if cursor.filter.isEmpty {
            line.add("\(total) \(things)")
        } else {
            line.add("\(window.matched) of \(total) \(things)")
        }
        if let order = sort(of: feed), !feed.isTimeline {
            if order.field == "attention" {
                line.add(", worst first", Style(.quiet))
            } else {
                line.add(", sort \(sortTitle(order.field)) \(order.descending ? "desc" : "asc")", Style(.quiet))
            }
        } else if feed.isTimeline {
            line.add(cursor.index == 0 ? ", newest first, following" : ", newest first; g follows", Style(.quiet))
        }
        if cursor.filter.isEmpty { line.add(", no filter", Style(.quiet)) }
        if window.matched > model.height(of: feed) {
            line.end(
                with: Line(" \(cursor.index + 1)/\(window.matched)", Style(.quiet)), at: layout.size.columns)
        }
        return line
    }

    private func total(of feed: Feed) -> Int {
        switch feed {
        case .pools: data.pools.total
        case .workers: data.workers.total
        case .topics: data.topics.total
        case .denials: data.denials.total
        case .events: data.events.total
        case .log: data.log.total
        case .overview, .worker, .sidePools, .sideWorkers, .sideEvents, .sideEnded, .sideDenials: 0
        }
    }

    private func things(of feed: Feed, one: Bool) -> DisplayText {
        switch feed {
        case .pools, .sidePools: one ? "pool" : "pools"
        case .workers, .worker, .sideWorkers: one ? "worker" : "workers"
        case .topics:
            if case .topics(shape: nil) = model.place { one ? "shape" : "shapes" } else { one ? "topic" : "topics" }
        case .denials, .sideDenials: one ? "group" : "groups"
        case .events, .sideEvents, .sideEnded: one ? "event" : "events"
        case .log: one ? "line" : "lines"
        case .overview: one ? "alert" : "alerts"
        }
    }
}
