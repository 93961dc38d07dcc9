import AdminProtocol

/// View 4: shapes of topics, or the topics of one shape.
extension Scene {
    func topicTable(width: Int) -> Table<TopicRow> {
        let columns: [Column<TopicRow>] = [
            .text("TOPIC", 34, widest: 64, priority: 0, field: "id") { row in
                let short = ShortIdentifiers().short(in: row.id)
                return Line(short.width <= 64 ? short : short.shortened(to: 64))
            },
            .figure("MSG/s", 5, priority: 1, field: "rate10s") { figure($0.rate10s) },
            .figure("1m", 5, priority: 5, field: "rate60s") { figure($0.rate60s) },
            .figure("15m", 5, priority: 6, field: "rate15m") { figure($0.rate15m) },
            .figure("B/s", 6, priority: 3, field: "bytes10s") { Line(Figures.bytes($0.bytes10s)) },
            .figure("SHARE", 5, priority: 4, field: "share") { Line(Figures.share($0.share)) },
            .figure("TOPICS", 6, priority: 8, field: "topics") { figure($0.topics) },
            .figure("SUBS", 4, priority: 7, field: "subscribers") { figure($0.subscribers) },
            .figure("QOS1", 5, priority: 10) { row in
                let all = row.qos0.addingReportingOverflow(row.qos1).partialValue
                return all > 0 ? Line(Figures.share(Double(row.qos1) / Double(all))) : Line("-", Style(.quiet))
            },
            .figure("LARGEST", 7, priority: 11, field: "largest") { Line(Figures.bytes(Int64($0.largest))) },
            .figure("MESSAGES", 8, priority: 9, field: "messages") { Line(Figures.number($0.messages)) },
            .figure("LAST", 6, priority: 2, field: "last_at") { row in
                row.lastAt == nil ? Line("never", Style(.quiet)) : Line(age(row.lastAt))
            },
        ]
        return Table(columns, width: width, sort: sort(of: .topics))
    }

    func topicsView(shape: String?) -> [Line] {
        let place = Place.topics(shape: shape)
        var lines = list(
            data.topics, topicTable(width: layout.left), of: .topics, width: layout.left,
            height: layout.listRows(of: place), empty: "nothing has been published yet")
        let selected = data.topics.row(model.cursors[.topics]?.id)
        if layout.kind == .wide {
            return beside(
                lines, topicDetail(selected, width: layout.right), leftWidth: layout.left, rows: layout.content)
        }
        let preview = layout.preview(of: place)
        if preview > 0 { lines += filled(topicDetail(selected, width: layout.size.columns), to: preview) }
        return lines
    }

    private func topicDetail(_ row: TopicRow?, width: Int) -> [Line] {
        guard let row else { return [rule("no topic selected", width: width)] }
        var title = Line(ShortIdentifiers().short(in: row.id), Style(.accent, bold: true))
        if row.topics != 1 { title.add("  \(row.topics) topics", Style(.quiet)) }
        title.add("  \(row.subscribers) \(row.subscribers == 1 ? "subscriber" : "subscribers")", Style(.quiet))
        var lines = [rule(title, width: width)]
        lines.append(fact("full", DisplayText(row.id), Style(.accent), indent: 7))
        lines += trace(of: row.id, width: width, incoming: row.rate10s, outgoing: nil, name: "msg/s")
        var sizes = Line("\(Figures.whole(row.messages)) messages, \(Figures.bytes(row.bytes))")
        if row.messages > 0 {
            sizes.add("  mean \(Figures.bytes(Double(row.bytes) / Double(row.messages)))", Style(.quiet))
        }
        sizes.add("  largest \(Figures.bytes(Int64(row.largest)))", Style(.quiet))
        lines.append(fact("total", sizes, indent: 7))
        var quality = Line(
            "q0 \(Figures.whole(row.qos0))  q1 \(Figures.whole(row.qos1))  q2 \(Figures.whole(row.qos2))")
        quality.add("    retained ", Style(.quiet))
        quality.add("\(row.retained)")
        lines.append(fact("QoS", quality, indent: 7))
        return lines
    }
}
