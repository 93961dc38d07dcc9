import AdminProtocol

/// View 3a: everything about one worker.
extension Scene {
    func workerView(_ id: String) -> [Line] {
        guard let detail = data.worker, detail.row.id == id else {
            let reason: DisplayText =
                model.refusals[.worker]
                ?? (model.link.isUp ? "asking the broker for \(DisplayText(id)).." : "nothing was heard of this worker")
            return [Line("worker \(DisplayText(id))", Style(.accent, bold: true)), Line(reason, Style(.quiet))]
        }
        let head = workerHead(detail)
        let width = layout.size.columns
        if layout.kind == .compact {
            let body =
                head + workerConnection(detail, width: width) + workerTraffic(detail, width: width)
                + workerWaiting(detail, width: width, rows: 2)
                + workerHistory(detail, width: width)
            let start = min(model.scroll, max(0, body.count - layout.content))
            return filled(Array(body[start...]), to: layout.content)
        }
        let leftWidth = width / 2 - 2
        let rightWidth = width - leftWidth - 3
        let left =
            workerConnection(detail, width: leftWidth) + workerSubscriptions(detail, width: leftWidth)
            + workerWaiting(detail, width: leftWidth, rows: 10) + workerMetadata(detail, width: leftWidth)
        let right = workerTraffic(detail, width: rightWidth) + workerHistory(detail, width: rightWidth)
        let rows = max(0, layout.content - head.count - 1)
        let start = min(model.scroll, max(0, max(left.count, right.count) - rows))
        let note = Line("kick does not stop its run; to take it out of work drain it in the platform", Style(.quiet))
        return head
            + beside(
                Array(left.dropFirst(start)), Array(right.dropFirst(start)), leftWidth: leftWidth, rows: rows) + [note]
    }

    private func workerHead(_ detail: WorkerDetail) -> [Line] {
        let row = detail.row
        var first = Line("worker ", Style(.quiet)).adding(DisplayText(row.id), Style(.accent, bold: true))
        first.add("  pool ", Style(.quiet))
        first.add(layout.kind == .compact ? model.tails(row.pool) : DisplayText(row.pool))
        first.add(" \(DisplayText(row.poolName).shortened(to: 20))")
        first.add("  state ", Style(.quiet))
        first.add(word(of: row.state))
        var second = Line("why    ", Style(.quiet))
        if let why = row.why {
            second.add(DisplayText(why), Style(.warning, bold: true))
        } else {
            second.add("nothing is wrong with it, as far as the broker sees", Style(.quiet))
        }
        return [first, second]
    }

    private func workerConnection(_ detail: WorkerDetail, width: Int) -> [Line] {
        let row = detail.row
        var lines = [rule("connection", width: width)]
        if layout.kind == .compact {
            lines += workerFacts(row, detail: detail).dropFirst(2)
            for one in detail.subscriptions.prefix(2) {
                lines.append(fact("listens", Line("q\(one.qos) ").adding(ShortIdentifiers().short(in: one.filter))))
            }
        } else {
            lines += workerFacts(row, detail: detail)
            lines.append(fact("client id", ShortIdentifiers().short(in: detail.clientID)))
            lines.append(
                fact(
                    "receives",
                    "at most \(Figures.number(detail.receiveMaximum)) unacknowledged, reconnects \(detail.reconnects)"))
            if let will = detail.will {
                var line = Line("q\(will.qos) ")
                line.add(ShortIdentifiers().short(in: will.topic))
                line.add("  \(Figures.bytes(Int64(will.bytes)))", Style(.quiet))
                lines.append(fact("will", line))
            }
            if let skew = detail.clockSkew { lines.append(fact("its clock", Figures.skew(skew))) }
            if let last = detail.lastDisconnect { lines.append(fact("last end", DisplayText(last))) }
            if let last = detail.lastDenial {
                lines.append(fact("last denial", ShortIdentifiers().short(in: last), Style(.bad)))
            }
        }
        return lines
    }

    private func workerTraffic(_ detail: WorkerDetail, width: Int) -> [Line] {
        var title = Line("traffic", Style(.heading))
        title.advance(to: 24)
        title.add("from it", Style(.quiet))
        title.advance(to: 44)
        title.add("to it", Style(.quiet))
        var lines = [rule(title, width: width)]
        func both(_ name: DisplayText, _ from: DisplayText, _ to: DisplayText) {
            var line = Line(name, Style(.quiet))
            line.advance(to: max(0, 34 - from.width))
            line.add(from)
            line.advance(to: max(line.width + 1, 52 - to.width))
            line.add(to)
            lines.append(line)
        }
        func rates(_ traffic: Traffic) -> DisplayText {
            "\(Figures.number(traffic.rate1s)) / \(Figures.number(traffic.rate10s)) / \(Figures.number(traffic.rate60s))"
        }
        both("msg/s 1s/10s/60s", rates(detail.received), rates(detail.sent))
        if layout.kind == .compact {
            both(
                "total",
                "\(Figures.number(detail.received.messages)) \(Figures.bytes(detail.received.bytes))",
                "\(Figures.number(detail.sent.messages)) \(Figures.bytes(detail.sent.bytes))")
        } else {
            both("messages", Figures.whole(detail.received.messages), Figures.whole(detail.sent.messages))
            both("bytes", Figures.bytes(detail.received.bytes), Figures.bytes(detail.sent.bytes))
            both("denied, dropped", Figures.whole(detail.row.denied), Figures.whole(detail.dropped))
        }
        var queue = queueLine(detail.row)
        if detail.dropped > 0 { queue.add("  dropped \(Figures.number(detail.dropped))", Style(.bad, bold: true)) }
        if detail.row.denied > 0 { queue.add("  denied \(Figures.number(detail.row.denied))", Style(.bad, bold: true)) }
        lines.append(fact("queue", queue, indent: 7))
        if layout.kind > .compact {
            lines += trace(
                of: detail.row.id, width: width, incoming: detail.received.rate1s, outgoing: detail.sent.rate1s)
        }
        return lines
    }

    private func workerSubscriptions(_ detail: WorkerDetail, width: Int) -> [Line] {
        var lines = [rule("subscriptions", width: width)]
        if detail.subscriptions.isEmpty { lines.append(Line("none: nothing reaches it", Style(.warning))) }
        for one in detail.subscriptions.prefix(8) {
            lines.append(Line("q\(one.qos) ", Style(.quiet)).adding(ShortIdentifiers().short(in: one.filter)))
        }
        return lines
    }

    private func workerWaiting(_ detail: WorkerDetail, width: Int, rows: Int) -> [Line] {
        guard !detail.waiting.isEmpty else { return [] }
        let all = max(detail.waiting.count, detail.row.queued.addingReportingOverflow(detail.row.inFlight).partialValue)
        let shown = min(rows, detail.waiting.count)
        let title: DisplayText =
            all > shown
            ? "the oldest \(shown) of \(Figures.number(all)) that wait for it" : "what waits for it, oldest first"
        return [rule(title, width: width)] + waitingLines(detail, rows: rows)
    }

    private func workerMetadata(_ detail: WorkerDetail, width: Int) -> [Line] {
        guard !detail.metadata.isEmpty else { return [] }
        var lines = [rule("it says of itself", width: width)]
        for (key, value) in detail.metadata.sorted(by: { $0.key < $1.key }).prefix(12) {
            lines.append(fact(DisplayText(key).shortened(to: 18), DisplayText(value), indent: 20))
        }
        return lines
    }

    private func workerHistory(_ detail: WorkerDetail, width: Int) -> [Line] {
        var lines = [rule("history, newest first", width: width)]
        if let followed = followed(detail.row.id) { lines.append(followed) }
        if detail.history.isEmpty { lines.append(Line("none kept", Style(.quiet))) }
        for event in detail.history { lines.append(brief(event, ShortIdentifiers(), withWorker: false)) }
        return lines
    }
}
