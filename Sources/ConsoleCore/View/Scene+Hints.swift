/// The hint line and the help page, both made of the key map.
extension Scene {
    /// The keys that do something here and now.
    func hints() -> Line {
        if model.dialog != nil {
            return hintLine(
                [("Tab", "field"), ("Enter", "choose"), ("Esc", "cancel")], end: "(only these keys work here)")
        }
        if model.prompt != nil {
            return hintLine([("Enter", "filter"), ("Ctrl-u", "empty"), ("Esc", "cancel")], end: .empty)
        }
        if model.help != nil { return hintLine([("Esc", "close"), ("j k", "scroll")], end: .empty) }
        var pairs: [(DisplayText, DisplayText)] = []
        for action in offered() {
            guard let binding = KeyMap.binding(of: action) else { continue }
            if action == .sortNext {
                pairs.append(("< > I", "sort"))
            } else {
                pairs.append(
                    (
                        action == .close && model.stack.count > 1 ? "Esc" : binding.label,
                        word(for: action) ?? binding.hint
                    ))
            }
        }
        if model.link.outage != nil { pairs.insert(("K L", "off: offline"), at: min(2, pairs.count)) }
        return hintLine(pairs, end: .empty)
    }

    private func hintLine(_ pairs: [(DisplayText, DisplayText)], end: DisplayText) -> Line {
        let width = layout.size.columns
        var line = Line()
        let last = pairs.last
        for (place, pair) in pairs.enumerated() {
            let needed = pair.0.width + 1 + pair.1.width + (place > 0 ? 2 : 0)
            let isLast = place == pairs.count - 1
            let reserve = isLast ? 0 : (last.map { $0.0.width + $0.1.width + 3 } ?? 0)
            guard line.width + needed + reserve <= width else { continue }
            if place > 0, line.width > 0 { line.add("  ") }
            line.add(pair.0, Style(.accent, bold: true))
            line.add(" ")
            line.add(pair.1, Style(.quiet))
        }
        if !end.isEmpty, line.width + end.width + 2 <= width { line.end(with: Line(end, Style(.quiet)), at: width) }
        return line
    }

    /// In the order of their use; what is not possible is not offered.
    private func offered() -> [Action] {
        var actions: [Action] = []
        if !model.link.isUp { actions.append(.retry) }
        let isWorker = model.mayKickSelected
        switch model.place {
        case .overview: actions += [.open, .nextPanel]
        case .pools, .topics: actions.append(.open)
        case .workers: actions.append(.open)
        case .worker: actions.append(.close)
        case .denied, .events, .log: actions.append(.open)
        }
        if model.reasonNotToAct == nil {
            if isWorker { actions.append(.kick) }
            switch model.place {
            case .pools, .workers, .worker, .log, .overview, .denied, .events: actions.append(.level)
            case .topics: break
            }
        }
        if model.place.list != nil { actions.append(.filter) }
        if let list = model.place.list, !list.isTimeline { actions.append(.sortNext) }
        if case .worker = model.place {} else { actions.append(.close) }
        actions.append(.freeze)
        if model.place != .overview { actions.append(.copy) }
        actions.append(.help)
        return actions
    }

    private func word(for action: Action) -> DisplayText? {
        switch action {
        case .open:
            switch model.place {
            case .overview: "open"
            case .pools: "workers"
            case .workers: "detail"
            case .topics(shape: nil): "topics"
            case .topics, .worker: nil
            case .denied, .events, .log: "worker"
            }
        case .close: model.stack.count > 1 ? "back" : "quit"
        case .freeze: model.frozen == nil ? "freeze" : "go on"
        case .nextPanel: "panel"
        case .up, .down, .pageUp, .pageDown, .halfUp, .halfDown, .first, .last, .back, .view, .lastView, .previousPanel,
            .filter, .sortPrevious, .sortNext, .invert, .copy, .retry, .kick, .level, .help, .redraw, .suspend, .quit:
            nil
        }
    }

    // MARK: The help page

    func helpPage(from first: Int) -> [Line] {
        let width = layout.size.columns
        var lines: [Line] = []
        for section in KeyMap.Section.allCases {
            lines.append(rule(section.title, width: width))
            let bindings = KeyMap.bindings.filter { $0.section == section }
            let columns = max(1, width / 38)
            let each = width / columns
            let rows = (bindings.count + columns - 1) / columns
            for row in 0..<rows {
                var line = Line()
                for column in 0..<columns {
                    let place = column * rows + row
                    guard place < bindings.count else { continue }
                    line.advance(to: column * each)
                    line.add(bindings[place].label, Style(.accent, bold: true))
                    line.advance(to: max(line.width + 1, column * each + 11))
                    line.add(bindings[place].help)
                }
                lines.append(line)
            }
        }
        lines.append(
            Line("1 2 3 4 6 7 8", Style(.accent, bold: true)).adding(
                "  Overview Pools Workers Topics Denied Events Log"))
        lines.append(rule("how to read it", width: width))
        lines.append(Line("Times are the broker's clock, in UTC; rates are of the last 10 s."))
        lines.append(Line("rtt: from console to broker and back. skew: its clock minus ours."))
        lines.append(Line("..K0ZZ is the end of an id. -- is not known, which is not 0."))
        lines.append(Line("STUCK: its queue does not move. FLAP: it reconnects again and again."))
        lines.append(Line("TAKE: two fight for one id. gone: the row waits for it until you move on."))
        lines.append(Line("Filter: words, field:value, field>10, !not, and, or, ( )."))
        let room = layout.content - 1
        let start = min(first, max(0, lines.count - room))
        let seen: DisplayText = "   lines \(start + 1)-\(min(start + room, lines.count)) of \(lines.count)"
        var page = [
            Line("HELP", Style(.heading, bold: true)).adding("  \(model.place.number) \(model.place.name)")
                .adding(lines.count > room ? "\(seen): j k PgDn scroll, Esc closes" : "   Esc closes", Style(.quiet))
        ]
        page += lines[start...].prefix(room)
        return page
    }
}
