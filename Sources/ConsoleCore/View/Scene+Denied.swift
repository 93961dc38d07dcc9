import AdminProtocol

/// View 6: what was refused, and why.
extension Scene {
    func denialTable(width: Int) -> Table<DenialRow> {
        let rows = visible(data.denials, .denials)
        let tails = identifiers(rows.map(\.client) + rows.compactMap(\.pool))
        let reasons = rows.map { DisplayText($0.reason).width }.max() ?? 0
        let columns: [Column<DenialRow>] = [
            .figure("COUNT", 5, priority: 0, field: "count") {
                Line(Figures.number($0.count), Style(.normal, bold: true))
            },
            .figure("RATE/m", 6, priority: 7, field: "per_minute") { trouble($0.perMinute, .warning) },
            .text("FIRST", 8, priority: 8, field: "first_at", descending: true) {
                Line(Figures.clock($0.firstAt), Style(.quiet))
            },
            .text("LAST", 8, priority: 3, field: "last_at", descending: true) { Line(Figures.clock($0.lastAt)) },
            .text(
                "WHO", max(6, self.width(of: rows.map(\.client).filter { !$0.isEmpty }, tails)), priority: 0,
                field: "client"
            ) { row in
                row.client.isEmpty
                    ? Line("(none)", Style(.quiet)) : Line(tails.short(row.client).shortened(to: 14), Style(.accent))
            },
            .text("POOL", tails.width, priority: 5, field: "pool") { id($0.pool, tails) },
            .text("NAME", 12, widest: 20, priority: 10, field: "pool_name") { text($0.poolName) },
            .text("ADDRESS", 15, widest: 21, priority: 9, field: "address") { text($0.address) },
            .text("ACTION", 9, priority: 2, field: "action") { Line(DisplayText($0.action).shortened(to: 9)) },
            .text("TOPIC", 22, widest: 46, priority: 4, field: "topic") { row in
                row.topic.map { Line(shortened(topic: $0, namespace: width < 140)) } ?? Line("-", Style(.quiet))
            },
            .text("REASON", min(reasons, width < 100 ? 22 : 32), widest: 32, priority: 1, field: "reason") {
                Line(DisplayText($0.reason), Style(.bad))
            },
        ]
        return Table(columns, width: width, sort: sort(of: .denials))
    }

    /// Without the namespace, which is the same in all of them.
    private func shortened(topic: String, namespace dropsIt: Bool) -> DisplayText {
        ShortIdentifiers().short(in: dropsIt ? withoutNamespace(topic) : topic)
    }

    /// A topic, or a sentence that has one at the end of it, without what all topics begin with.
    func withoutNamespace(_ text: String) -> String {
        guard let namespace = model.hello?.namespace, !namespace.isEmpty else { return text }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        return words.map { word in
            word.hasPrefix(namespace + "/") ? word.dropFirst(namespace.count + 1) : word
        }.joined(separator: " ")
    }

    func deniedView() -> [Line] {
        var lines: [Line] = []
        if layout.header(of: .denied) > 0 {
            var line = Line("ns ", Style(.quiet)).adding(DisplayText(model.hello?.namespace ?? "").shortened(to: 24))
            line.add("   equal refusals of one client are one row   \(data.denials.matched) groups", Style(.quiet))
            if let all = data.overview?.denied { line.add(", \(Figures.whole(all)) in all", Style(.quiet)) }
            lines.append(line)
        }
        lines += list(
            data.denials, denialTable(width: layout.left), of: .denials, width: layout.left,
            height: layout.listRows(of: .denied), empty: "nothing has been refused")
        let selected = data.denials.row(model.cursors[.denials]?.id)
        if layout.kind == .wide {
            return beside(
                lines, explanation(selected, width: layout.right), leftWidth: layout.left, rows: layout.content)
        }
        let preview = layout.preview(of: .denied)
        if preview > 0 { lines += filled(explanation(selected, width: layout.size.columns), to: preview) }
        return lines
    }

    private func explanation(_ row: DenialRow?, width: Int) -> [Line] {
        guard let row else { return [rule("no refusal selected", width: width)] }
        let who: DisplayText = row.client.isEmpty ? "it" : model.tails(row.client).shortened(to: 30)
        var lines = [rule(Line("why was \(who) denied?", Style(.heading, bold: true)), width: width)]
        var principal = Line(DisplayText(row.principal))
        if let pool = row.pool {
            principal.add(" of pool \(model.tails(pool)) \(DisplayText(row.poolName ?? "").shortened(to: 20))")
        }
        principal.add("  from \(DisplayText(row.address))", Style(.quiet))
        lines.append(fact("principal", principal, indent: 10))
        lines.append(
            fact(
                "rule",
                Line(DisplayText(row.rule), Style(.accent)).adding("  \(DisplayText(row.action)): ", Style(.quiet))
                    .adding(DisplayText(row.reason), Style(.bad, bold: true)), indent: 10))
        if let topic = row.topic { lines += comparison(row, topic, width: width) }
        lines.append(
            fact(
                "outcome",
                Line(DisplayText(row.outcome)).adding(
                    "; \(Figures.whole(row.count)) times since \(Figures.clock(row.firstAt))", Style(.quiet)),
                indent: 10))
        lines.append(fact("samples", samples(row, width: width - 10), indent: 10))
        if layout.kind > .compact {
            if !row.client.isEmpty { lines.append(fact("client", DisplayText(row.client), indent: 10)) }
            if let pool = row.pool { lines.append(fact("pool", DisplayText(pool), indent: 10)) }
            for one in row.samples.prefix(5) {
                lines.append(
                    Line(Figures.exactClock(one), Style(.quiet)).adding("  \(DisplayText(row.action)) ").adding(
                        row.topic.map { ShortIdentifiers().short(in: $0) } ?? .empty))
            }
        }
        return lines
    }

    /// What was asked for and what would be allowed, a caret under the first level that differs.
    private func comparison(_ row: DenialRow, _ topic: String, width: Int) -> [Line] {
        let indent = 10
        // Both in full if there is room, else both shortened: a caret must stand under the same level of both.
        let longest = max(DisplayText(topic).width, row.allowed.map { DisplayText($0).width } ?? 0)
        let full = longest + indent <= width
        func shown(_ text: String) -> DisplayText { full ? DisplayText(text) : ShortIdentifiers().short(in: text) }
        var lines = [fact("asked", shown(topic), Style(.bad), indent: indent)]
        guard let allowed = row.allowed else { return lines }
        lines.append(fact("allowed", shown(allowed), Style(.good), indent: indent))
        guard let level = row.differingLevel, level >= 0 else { return lines }
        let levels = allowed.split(separator: "/", omittingEmptySubsequences: false)
        let before = levels.prefix(level).reduce(0) { $0 + shown(String($1)).width + 1 }
        let long = level < levels.count ? max(1, shown(String(levels[level])).width) : 1
        var line = Line()
        line.advance(to: min(indent + before, max(indent, width - 1)))
        line.add(("^" as DisplayText).repeated(min(long, 26)), Style(.warning, bold: true))
        guard let difference = row.difference else { return lines + [line] }
        let sentence = ShortIdentifiers().short(in: difference)
        if line.width + 1 + sentence.width <= width {
            line.add(" \(sentence)", Style(.warning))
            return lines + [line]
        }
        // No room beside the carets: below them, as far right as it goes.
        var below = Line()
        below.advance(to: max(indent, min(line.width, width - sentence.width)))
        below.add(sentence, Style(.warning))
        return lines + [line, below]
    }

    /// The newest times, as many as leave room for what they tell.
    private func samples(_ row: DenialRow, width: Int) -> Line {
        var told = Line()
        if let rhythm = rhythm(of: row.samples) {
            told.add("  (every \(Figures.span(rhythm)): a retry loop)", Style(.warning))
        }
        var line = Line()
        for (place, one) in row.samples.prefix(3).enumerated() {
            let time = (place > 0 ? "  " : "") + Figures.exactClock(one)
            guard place == 0 || line.width + time.width + told.width <= width else { break }
            line.add(time)
        }
        line.add(told)
        return line
    }

    /// The time between refusals, if it is always about the same.
    private func rhythm(of samples: [Timestamp]) -> Milliseconds? {
        guard samples.count >= 3 else { return nil }
        let gaps = zip(samples, samples.dropFirst()).map { $0.subtractingReportingOverflow($1).partialValue }
        guard let least = gaps.min(), let most = gaps.max(), least > 0, most < 86_400_000 else { return nil }
        return most - least <= max(200, most / 10) ? (least + most) / 2 : nil
    }

    /// One refusal in one line, for a narrow place.
    func brief(_ row: DenialRow, _ tails: ShortIdentifiers) -> Line {
        let count = Figures.number(row.count)
        var line = Line()
        line.advance(to: max(0, 5 - count.width))
        line.add(count, Style(.normal, bold: true))
        line.add(" ")
        line.add(row.client.isEmpty ? DisplayText(row.address) : tails.short(row.client), Style(.accent))
        line.add("  \(DisplayText(row.action)) ")
        line.add(DisplayText(row.reason), Style(.bad))
        if let topic = row.topic { line.add("  \(shortened(topic: topic, namespace: true))", Style(.quiet)) }
        return line
    }
}
