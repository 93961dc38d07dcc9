import AdminProtocol

/// The dialogs, in a box above the view.
extension Scene {
    func putDialog(on canvas: inout Canvas) {
        switch model.dialog {
        case .kick(let dialog):
            var title = Line("kick worker ", Style(.heading, bold: true))
            title.add(model.tails(dialog.target.id), Style(.accent, bold: true))
            if let place = model.hello?.installation {
                title.add(" on \(DisplayText(place).shortened(to: 24))", Style(.heading))
            }
            box(title, kickLines(dialog), on: &canvas)
        case .level(let dialog):
            box(Line("log level", Style(.heading, bold: true)), levelDialogLines(dialog), on: &canvas)
        case nil: break
        }
    }

    private var boxWidth: Int { min(76, layout.size.columns - 4) }

    private func box(_ title: Line, _ lines: [Line], on canvas: inout Canvas) {
        let width = boxWidth
        let height = lines.count + 2
        let column = (layout.size.columns - width) / 2
        let row = max(Layout.top, (layout.size.rows - height) / 2)
        let border = Style(.accent)
        var top = Line(glyphs.topLeft + glyphs.horizontal.repeated(2) + " ", border)
        top.add(title)
        top.add(" ")
        top.cut(to: width - 2)
        top.add(glyphs.horizontal.repeated(width - 1 - top.width) + glyphs.topRight, border)
        canvas.put(top, column: column, row: row)
        for (place, content) in lines.enumerated() {
            var line = Line(glyphs.vertical + " ", border)
            line.add(content)
            line.advance(to: width - 1)
            line.add(glyphs.vertical, border)
            canvas.put(line, column: column, row: row + 1 + place)
        }
        let bottom = glyphs.bottomLeft + glyphs.horizontal.repeated(width - 2) + glyphs.bottomRight
        canvas.put(Line(bottom, border), column: column, row: row + height - 1)
    }

    private func kickLines(_ dialog: KickDialog) -> [Line] {
        let row = dialog.target
        var lines: [Line] = []
        lines.append(fact("worker", Line(DisplayText(row.id), Style(.accent, bold: true)), indent: 9))
        lines.append(fact("pool", "\(DisplayText(row.pool)) \(DisplayText(row.poolName).shortened(to: 24))", indent: 9))
        var from = Line(DisplayText(row.address))
        if let since = row.connectedAt { from.add(", connected for \(age(since))") }
        from.add(", connection \(row.epoch)", Style(.quiet))
        lines.append(fact("from", from, indent: 9))
        var state = word(of: row.state)
        if let why = row.why { state.add("  \(DisplayText(why))", Style(.warning)) }
        lines.append(fact("state", state, indent: 9))
        lines.append(
            fact("effect", "DISCONNECT 0x98; will fires, session is kept, it may come back", indent: 9))
        lines.append(fact("note", "kick does not stop its run; to take it out of work", Style(.warning), indent: 9))
        lines.append(fact("", "drain it in the platform", Style(.warning), indent: 9))
        lines.append(fact("reason", field(dialog.reason, hasFocus: dialog.focus == .reason), indent: 9))
        lines.append(dialog.complaint.map { Line("         \($0)", Style(.bad, bold: true)) } ?? Line())
        var buttons = Line()
        buttons.advance(to: max(0, boxWidth / 2 - 14))
        buttons.add(button("Cancel", hasFocus: dialog.focus == .cancel))
        buttons.add("   ")
        buttons.add(button("Kick this worker", hasFocus: dialog.focus == .kick, role: .bad))
        lines.append(buttons)
        return lines
    }

    private func levelDialogLines(_ dialog: LevelDialog) -> [Line] {
        var lines: [Line] = []
        var scopes = Line()
        for (place, scope) in dialog.scopes.enumerated() {
            let name: DisplayText =
                switch scope {
                case .broker: "broker"
                case .worker(let id): "worker \(model.tails(id))"
                case .pool(let id): "pool \(model.tails(id))"
                }
            scopes.add(choice(name, isChosen: place == dialog.scope, hasFocus: dialog.focus == .scope))
        }
        lines.append(fact("scope", scopes, indent: 9))
        var levels = Line()
        for level in LogLevel.allCases {
            levels.add(
                choice(DisplayText(level.rawValue), isChosen: level == dialog.level, hasFocus: dialog.focus == .level))
        }
        lines.append(fact("level", levels, indent: 9))
        var durations = Line()
        for (place, one) in LevelDialog.durations.enumerated() {
            let name = one.map { Figures.chosen($0) } ?? "keep"
            durations.add(choice(name, isChosen: place == dialog.duration, hasFocus: dialog.focus == .duration))
        }
        lines.append(fact("for", durations, indent: 9))
        let back: DisplayText =
            LevelDialog.durations.indices.contains(dialog.duration) && LevelDialog.durations[dialog.duration] == nil
            ? "until somebody changes it"
            : "then back to \(DisplayText(dialog.levels.configured.rawValue)); the broker keeps the time"
        lines.append(fact("", back, Style(.quiet), indent: 9))
        let rate = data.overview?.levels.linesPerSecond ?? dialog.levels.linesPerSecond
        lines.append(fact("cost", "\(Figures.number(rate)) lines/s now, measured over the last 10 s", indent: 9))
        lines.append(fact("reason", field(dialog.reason, hasFocus: dialog.focus == .reason), indent: 9))
        if let lease = dialog.lease {
            lines.append(fact("now", line(ofLease: lease), indent: 9))
        } else {
            lines.append(
                fact(
                    "now",
                    Line(DisplayText(dialog.levels.level.rawValue)).adding(
                        "  nothing to take back here", Style(.quiet)), indent: 9))
        }
        lines.append(Line())
        var buttons = Line()
        buttons.advance(to: max(0, boxWidth / 2 - 18))
        buttons.add(button("Cancel", hasFocus: dialog.focus == .cancel))
        buttons.add("   ")
        buttons.add(button("Set", hasFocus: dialog.focus == .set, role: .warning))
        if dialog.lease != nil {
            buttons.add("   ")
            buttons.add(button("Take back", hasFocus: dialog.focus == .revert, role: .warning))
        }
        lines.append(buttons)
        return lines
    }

    private func line(ofLease lease: LogLevels.Lease) -> Line {
        var line = Line(DisplayText(lease.level.rawValue), Style(.warning, bold: true))
        line.add(" by \(DisplayText(lease.by).shortened(to: 20))")
        line.add(lease.until.map { ", \(left(until: $0)) left" } ?? ", kept")
        return line
    }

    private func choice(_ name: DisplayText, isChosen: Bool, hasFocus: Bool) -> Line {
        let style = isChosen ? Style(hasFocus ? .accent : .normal, bold: true, reversed: hasFocus) : Style(.quiet)
        return Line(isChosen ? "[\(name)]" : " \(name) ", style).adding(" ")
    }

    private func button(_ name: DisplayText, hasFocus: Bool, role: Style.Role = .normal) -> Line {
        hasFocus ? Line("< \(name) >", Style(role, bold: true, reversed: true)) : Line("  \(name)  ", Style(role))
    }

    private func field(_ field: TextField, hasFocus: Bool) -> Line {
        let room = max(8, boxWidth - 16)
        let text = DisplayText(field.text)
        var line = Line("[", Style(hasFocus ? .accent : .quiet, bold: hasFocus))
        line.add(text.suffix(room - 1), Style(.normal, underlined: hasFocus))
        if hasFocus { line.add(" ", Style(.normal, reversed: true)) }
        while line.width < room + 1 { line.add("_", Style(.quiet)) }
        line.add("]", Style(hasFocus ? .accent : .quiet, bold: hasFocus))
        return line
    }
}
