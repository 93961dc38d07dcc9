import AdminProtocol

/// One picture in the making: the model as it is shown, the clock, the room there is.
///
/// Views are extensions that answer with lines; a line is cut to its room when it is put into the frame.
struct Scene {
    let model: ConsoleModel
    /// What is known, or was when the picture was frozen.
    let data: Knowledge
    let glyphs: Glyphs
    let layout: Layout
    /// The broker's clock, or the time of the frozen picture.
    let now: Timestamp
    /// The console's own clock.
    let localNow: Timestamp

    init(_ model: ConsoleModel, glyphs: Glyphs, at localNow: Timestamp) {
        self.model = model
        self.glyphs = glyphs
        self.localNow = localNow
        data = model.shown
        layout = model.layout
        if let frozen = model.frozen {
            now = frozen.at
        } else if model.link.isUp || !model.clock.isKnown {
            now = model.clock.time(at: localNow)
        } else {
            // Offline, ages are those of the last moment heard of.
            now = model.clock.newest
        }
    }

    func frame() -> Frame {
        var canvas = Canvas(size: layout.size, unicode: glyphs.unicode)
        switch layout.kind {
        case .message:
            for (row, line) in message().enumerated() { canvas.put(line, column: 0, row: row) }
        case .lines:
            put(lines(), on: &canvas)
        case .compact, .normal, .wide:
            let rows = chrome() + content().prefix(layout.content)
            for (row, line) in rows.enumerated() { canvas.put(line, column: 0, row: row) }
            if !model.link.isUp { canvas.dim(rows: 1..<(layout.size.rows - Layout.bottom)) }
            canvas.put(status(), column: 0, row: layout.size.rows - 2)
            canvas.put(hints(), column: 0, row: layout.size.rows - 1)
            putDialog(on: &canvas)
            putPromptCursor(on: &canvas)
        }
        return canvas.frame
    }

    /// The rows between the chrome.
    private func content() -> [Line] {
        if let first = model.help { return helpPage(from: first) }
        switch model.place {
        case .overview: return overview()
        case .pools: return poolsView()
        case .workers(let pool): return workersView(pool: pool)
        case .worker(let id): return workerView(id)
        case .topics(let shape): return topicsView(shape: shape)
        case .denied: return deniedView()
        case .events: return eventsView()
        case .log: return logView()
        }
    }

    private func put(_ lines: [Line], on canvas: inout Canvas) {
        for (row, line) in lines.enumerated() { canvas.put(line, column: 0, row: row) }
    }

    // MARK: Building blocks

    /// `-- title -----------`, quiet.
    func rule(_ title: Line, width: Int) -> Line {
        var line = Line(glyphs.horizontal.repeated(2) + " ", Style(.quiet))
        line.add(title)
        if title.width > 0 { line.add(" ", Style(.quiet)) }
        line.cut(to: max(0, width - 1))
        line.add(glyphs.horizontal.repeated(width - line.width), Style(.quiet))
        return line
    }

    func rule(_ title: DisplayText, width: Int) -> Line {
        rule(Line(title, Style(.heading)), width: width)
    }

    /// `name     value`, the name quiet.
    func fact(_ name: DisplayText, _ value: Line, indent: Int = 11) -> Line {
        var line = Line(name, Style(.quiet))
        line.advance(to: max(indent, name.isEmpty ? 0 : name.width + 1))
        line.add(value)
        return line
    }

    func fact(_ name: DisplayText, _ value: DisplayText, _ style: Style = Style(), indent: Int = 11) -> Line {
        fact(name, Line(value, style), indent: indent)
    }

    /// Two blocks of lines beside each other, a line between.
    func beside(_ left: [Line], _ right: [Line], leftWidth: Int, rows: Int) -> [Line] {
        (0..<rows).map { row in
            var line = row < left.count ? left[row] : Line()
            line.advance(to: leftWidth)
            line.add(" ")
            line.add(glyphs.vertical, Style(.quiet))
            line.add(" ")
            if row < right.count { line.add(right[row]) }
            return line
        }
    }

    /// Exactly so many lines.
    func filled(_ lines: [Line], to rows: Int) -> [Line] {
        var all = Array(lines.prefix(max(0, rows)))
        while all.count < rows { all.append(Line()) }
        return all
    }

    /// How long ago, or that it is not known.
    func age(_ time: Timestamp?) -> DisplayText {
        guard let time else { return Figures.absent }
        let span = now.subtractingReportingOverflow(time)
        return Figures.span(span.overflow ? 0 : span.partialValue)
    }

    /// How long until.
    func left(until time: Timestamp) -> DisplayText {
        let span = time.subtractingReportingOverflow(now)
        return Figures.countdown(span.overflow ? 0 : span.partialValue)
    }
}

extension DisplayText {
    /// The text if there is any.
    var ifAny: DisplayText? { isEmpty ? nil : self }
}
