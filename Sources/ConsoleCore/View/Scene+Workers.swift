import AdminProtocol

/// View 3: the workers, of all pools or of one.
extension Scene {
    func workerTable(width: Int, pool: String?, isPanel: Bool = false) -> Table<WorkerRow> {
        let rows = isPanel ? visible(data.sideWorkers, .sideWorkers) : visible(data.workers, .workers)
        let tails = identifiers(rows.map(\.id))
        let pools = identifiers(rows.map(\.pool))
        var columns: [Column<WorkerRow>] = [
            .text("WORKER", self.width(of: rows.map(\.id), tails), priority: 0, field: "id") {
                Line(tails.short($0.id), Style(.accent))
            }
        ]
        if pool == nil {
            columns.append(.text("POOL", pools.width, priority: 5, field: "pool") { id($0.pool, pools) })
            columns.append(
                .text("NAME", 12, widest: 16, priority: 14, field: "pool_name") {
                    Line(DisplayText($0.poolName).shortened(to: 20))
                })
        }
        columns += [
            .text("STATE", 7, priority: 0, field: "state") { word(of: $0.state) },
            .figure("UP", 6, priority: 6, field: "connected_at", descending: false) { row in
                guard row.connected, let since = row.connectedAt else { return Line(Figures.absent, Style(.quiet)) }
                return Line(age(since))
            },
            .text("ADDRESS", 15, widest: 21, priority: 10, field: "address") { text($0.address) },
            .text("V", 5, priority: 16, field: "protocol_version") {
                Line(DisplayText($0.protocolVersion).shortened(to: 5), Style(.quiet))
            },
            .figure("IN/s", 5, priority: 3, field: "in_rate") { figure($0.inRate) },
            .figure("OUT/s", 5, priority: 4, field: "out_rate") { figure($0.outRate) },
            .figure("QUEUE", 5, priority: 2, field: "queued") { row in
                row.queued > 0
                    ? Line(Figures.number(row.queued), Style(row.state == .stuck ? .bad : .warning, bold: true))
                    : Line("0", Style(.quiet))
            },
            .figure("INFL", 4, priority: 13, field: "in_flight") { figure($0.inFlight) },
            .figure("RTT", 5, priority: 8, field: "rtt") { row in
                Line(row.rtt.map { Figures.latency($0) } ?? Figures.absent, row.rtt == nil ? Style(.quiet) : Style())
            },
            .figure("DENY", 4, priority: 9, field: "denied") { trouble(Double($0.denied)) },
            .figure("LAST-IN", 7, priority: 1, field: "last_in_at", descending: false) { row in
                Line(age(row.lastInAt))
            },
            .text("VERSION", 8, widest: 12, priority: 15, field: "version") { text($0.version) },
            .text("WHY", 20, widest: 44, priority: 17) { row in
                row.why.map { Line(DisplayText($0), Style(.quiet)) } ?? Line()
            },
        ]
        return Table(columns, width: width, sort: isPanel ? nil : sort(of: .workers))
    }

    func workersView(pool: String?) -> [Line] {
        let height = layout.listRows(of: .workers(pool: pool))
        var lines = list(
            data.workers, workerTable(width: layout.left, pool: pool), of: .workers, width: layout.left,
            height: height,
            empty: pool == nil ? "no worker has connected yet" : "no worker of this pool has connected yet")
        let selected = data.workers.row(model.cursors[.workers]?.id)
        if layout.kind == .wide {
            return beside(
                lines, workerAside(selected, width: layout.right), leftWidth: layout.left, rows: layout.content)
        }
        let preview = layout.preview(of: .workers(pool: pool))
        guard preview > 0 else { return lines }
        lines += filled(
            layout.kind == .compact
                ? shortPreview(selected, width: layout.size.columns)
                : workerPreview(selected, width: layout.size.columns),
            to: preview)
        return lines
    }

    private func previewTitle(_ row: WorkerRow) -> Line {
        var title = Line("\(model.tails(row.id)) ", Style(.accent, bold: true))
        title.add(word(of: row.state))
        if let why = row.why { title.add("  \(ShortIdentifiers().short(in: why))", Style(.warning)) }
        return title
    }

    private func shortPreview(_ row: WorkerRow?, width: Int) -> [Line] {
        guard let row else { return [rule("no worker selected", width: width)] }
        var lines = [rule(previewTitle(row), width: width)]
        lines.append(
            fact("worker", DisplayText(row.id), indent: 8).adding("  pool ", Style(.quiet)).adding(
                DisplayText(row.pool)))
        var more = Line(DisplayText(row.poolName).shortened(to: 24))
        more.add("  from ", Style(.quiet))
        more.add(DisplayText(row.address))
        if let run = row.run {
            more.add("  run ", Style(.quiet))
            more.add(DisplayText(run).shortened(to: 28))
        }
        lines.append(fact("in", more, indent: 8))
        lines.append(followed(row.id) ?? fact("queue", queueLine(row), indent: 8))
        return lines
    }

    func queueLine(_ row: WorkerRow) -> Line {
        var line = Line("\(Figures.number(row.queued)) wait, \(Figures.number(row.inFlight)) in flight")
        if let oldest = row.oldestQueuedAt { line.add(", oldest \(age(oldest))", Style(.warning)) }
        return line
    }

    /// What came of a kick that was given here.
    func followed(_ worker: String) -> Line? {
        model.kicks.last { $0.worker == worker }.map {
            Line("kicked  ", Style(.quiet)).adding("\(Figures.clock($0.at)) \($0.text)", Style(.accent))
        }
    }

    private func workerPreview(_ row: WorkerRow?, width: Int) -> [Line] {
        guard let row else { return [rule("no worker selected", width: width)] }
        var lines = [rule(previewTitle(row), width: width)]
        lines += workerFacts(row, detail: data.worker?.row.id == row.id ? data.worker : nil)
        lines += trace(of: row.id, width: width, incoming: row.inRate, outgoing: row.outRate)
        if let followed = followed(row.id) { lines.append(followed) }
        guard let detail = data.worker, detail.row.id == row.id else { return lines }
        for event in detail.history { lines.append(brief(event, ShortIdentifiers(), withWorker: false)) }
        return lines
    }

    private func workerAside(_ row: WorkerRow?, width: Int) -> [Line] {
        guard let row else { return [rule("no worker selected", width: width)] }
        let detail = data.worker?.row.id == row.id ? data.worker : nil
        var lines = [rule(previewTitle(row), width: width)]
        lines += workerFacts(row, detail: detail)
        lines.append(Line())
        lines += trace(of: row.id, width: width, incoming: row.inRate, outgoing: row.outRate)
        lines.append(fact("queue", queueLine(row)))
        if let detail {
            lines += waitingLines(detail, rows: 10)
            lines.append(Line())
            lines.append(rule("history, newest first", width: width))
            if let followed = followed(row.id) { lines.append(followed) }
            for event in detail.history { lines.append(brief(event, ShortIdentifiers(), withWorker: false)) }
        }
        return lines
    }

    /// Who it is and how it is connected; less if the detail has not come yet.
    func workerFacts(_ row: WorkerRow, detail: WorkerDetail?) -> [Line] {
        var lines: [Line] = []
        var id = Line(DisplayText(row.id), Style(.accent))
        if let created = detail?.createdAt {
            id.add("  created \(Figures.date(created)) \(Figures.clock(created))", Style(.quiet))
        }
        lines.append(fact("worker", id))
        lines.append(fact("pool", Line(DisplayText(row.pool)).adding("  \(DisplayText(row.poolName))")))
        var connection = Line(row.connected ? DisplayText(row.address) : "not connected")
        if let since = row.connectedAt, row.connected { connection.add("  up \(age(since))", Style(.quiet)) }
        if let gone = row.goneAt, !row.connected { connection.add("  gone \(age(gone)) ago", Style(.quiet)) }
        connection.add("  MQTT \(DisplayText(row.protocolVersion))", Style(.quiet))
        if let detail {
            connection.add("  keep alive \(Figures.chosen(detail.keepAlive))", Style(.quiet))
            connection.add(
                detail.cleanStart ? "  clean" : "  session kept \(Figures.chosen(detail.sessionExpiry))", Style(.quiet))
        }
        lines.append(fact("from", connection))
        if let detail {
            var tls = Line(
                detail.tls.map { DisplayText($0) } ?? "plain, no TLS", detail.tls == nil ? Style(.warning) : Style())
            if let print = detail.fingerprint {
                tls.add("  sha256 \(DisplayText(String(print.prefix(16)))).. ", Style(.quiet))
            }
            if let end = detail.certificateExpiresAt { tls.add("  to \(Figures.date(end))", Style(.quiet)) }
            lines.append(fact("TLS", tls))
        }
        var says = Line()
        if let version = row.version {
            says.add("version ", Style(.quiet)); says.add(DisplayText(version).shortened(to: 20)); says.add("  ")
        }
        if let status = row.status { says.add(DisplayText(status).shortened(to: 20)); says.add("  ") }
        if let run = row.run { says.add("run ", Style(.quiet)); says.add(DisplayText(run).shortened(to: 30)) }
        if says.width > 0 { lines.append(fact("it says", says)) }
        return lines
    }

    /// The oldest messages that wait for it.
    func waitingLines(_ detail: WorkerDetail, rows: Int) -> [Line] {
        detail.waiting.prefix(max(0, rows)).map { one in
            var line = Line(Figures.exactClock(one.at), Style(.quiet))
            let size = Figures.bytes(Int64(one.bytes))
            line.advance(to: line.width + max(1, 7 - size.width))
            line.add(size)
            line.add("  ")
            line.add(one.sent ? "no ack  " : "waits   ", one.sent ? Style(.warning) : Style(.quiet))
            line.add(ShortIdentifiers().short(in: one.topic))
            return line
        }
    }
}
