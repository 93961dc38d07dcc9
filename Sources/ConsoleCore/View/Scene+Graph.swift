import AdminProtocol

/// Graphs that sweep: a write position moves right and wraps, so that one cell changes per second.
extension Scene {
    /// One column per second; nothing where nothing was heard.
    func sweep(width: Int, newest: Int64, maximum: Double, role: Style.Role, value: (Int64) -> Double?) -> Line {
        var line = Line()
        let width = max(1, width)
        let columns = Int64(width)
        let head = Int(((newest + 1) % columns + columns) % columns)
        for column in 0..<width {
            if column == head, width > 1 {
                line.add(glyphs.sweep, Style(.accent))
                continue
            }
            let distance = ((newest - Int64(column)) % columns + columns) % columns
            line.add(cell(value(newest - distance), of: maximum, role: role))
        }
        return line
    }

    private func cell(_ value: Double?, of maximum: Double, role: Style.Role) -> Line {
        guard let value, value.isFinite else { return Line(" ") }
        let levels = glyphs.levels
        guard value > 0, maximum > 0 else { return Line(levels[0], Style(.quiet)) }
        // Blocks leave the top free, so that graphs below each other do not join into one slab.
        let highest = levels.count - (glyphs.unicode ? 2 : 1)
        let height = min(max(1, Int(min(value / maximum, 1) * Double(highest) + 0.5)), highest)
        return Line(levels[height], Style(role))
    }

    /// The second a graph ends with: the newest heard, so that the next does not show as a gap before it can be known.
    func newestSecond(heard: Int64?) -> Int64 {
        let second = SampleRing.second(of: now)
        guard let heard, heard <= second, second - heard <= 2 else { return second }
        return heard
    }

    /// `in  msg/s  1.21k |....----====| max 1.9k`
    func graph(
        _ name: DisplayText, figure: DisplayText, width: Int, role: Style.Role = .graph, isBytes: Bool = false,
        newest: Int64, value: (Int64) -> Double?
    ) -> Line {
        let tail = 11
        let room = max(4, width - 11 - 7 - 2 - tail)
        var maximum = 0.0
        for second in 0..<Int64(room) { maximum = max(maximum, value(newest - second) ?? 0) }
        var line = Line(name, Style(.quiet))
        line.advance(to: 11)
        line.advance(to: 11 + max(0, 6 - figure.width))
        line.add(figure, Style(.normal, bold: true))
        line.add(" ")
        line.add(glyphs.vertical, Style(.quiet))
        line.add(sweep(width: room, newest: newest, maximum: maximum, role: role, value: value))
        line.add(glyphs.vertical, Style(.quiet))
        line.add(" max ", Style(.quiet))
        line.add(isBytes ? Figures.bytes(maximum) : Figures.number(maximum))
        return line
    }

    /// The broker's own graphs, the most telling first.
    func brokerGraphs(width: Int, count: Int) -> [Line] {
        let newest = newestSecond(heard: data.samples.seconds.last)
        let samples = data.samples
        func graph(
            _ name: DisplayText, _ figure: DisplayText, role: Style.Role = .graph, isBytes: Bool = false,
            _ value: @escaping (Sample) -> Double
        ) -> Line {
            self.graph(name, figure: figure, width: width, role: role, isBytes: isBytes, newest: newest) {
                samples.sample(at: $0).map(value)
            }
        }
        let overview = data.overview
        func now(_ value: (Overview) -> DisplayText) -> DisplayText { overview.map(value) ?? Figures.absent }
        let all = [
            graph("in  msg/s", now { Figures.number($0.received.rate10s) }) { Double($0.received) },
            graph("out msg/s", now { Figures.number($0.sent.rate10s) }) { Double($0.sent) },
            graph("denied /s", now { Figures.number($0.deniedPerMinute / 60) }, role: .bad) { Double($0.denied) },
            graph("connects/s", now { Figures.number($0.connectsPerSecond) }) { Double($0.connects) },
            graph("queued", now { Figures.number($0.queued) }, role: .warning) { Double($0.queued) },
            graph("workers", now { Figures.number($0.workers) }) { Double($0.workers) },
            graph("in  byte/s", now { Figures.bytes($0.received.bytes10s) }, isBytes: true) {
                Double($0.receivedBytes)
            },
            graph("out byte/s", now { Figures.bytes($0.sent.bytes10s) }, isBytes: true) { Double($0.sentBytes) },
        ]
        return Array(all.prefix(count))
    }

    /// Rates of one pool, worker or topic, as far as they were on the screen.
    func trace(of id: String, width: Int, incoming: Double, outgoing: Double?, name: DisplayText = "in /s") -> [Line] {
        let traces = data.traces
        let second = SampleRing.second(of: now)
        let newest = newestSecond(heard: traces.point(of: id, at: second) == nil ? second - 1 : second)
        var lines = [
            graph(name, figure: Figures.number(incoming), width: width, newest: newest) {
                traces.point(of: id, at: $0)?.incoming
            }
        ]
        if let outgoing {
            lines.append(
                graph("out /s", figure: Figures.number(outgoing), width: width, newest: newest) {
                    traces.point(of: id, at: $0)?.outgoing
                })
        }
        return lines
    }

    /// Horizontal bars: `keepalive timeout  41 ############`.
    func bars(_ counts: [(name: DisplayText, count: Int)], width: Int, rows: Int) -> [Line] {
        let most = counts.map(\.count).max() ?? 1
        let nameWidth = min(24, max(12, counts.map(\.name.width).max() ?? 12))
        let room = max(1, width - nameWidth - 7)
        return counts.prefix(max(0, rows)).map { one in
            var line = Line(one.name.shortened(to: nameWidth))
            line.advance(to: nameWidth)
            let figure = Figures.number(one.count)
            line.advance(to: nameWidth + max(1, 6 - figure.width))
            line.add(figure, Style(.normal, bold: true))
            line.add(" ")
            line.add(glyphs.bar.repeated(max(1, one.count * room / max(1, most))), Style(.graph))
            return line
        }
    }

    /// Why connections ended: reasons by how often, the most frequent first.
    func endings(_ events: [EventRow]) -> [(name: DisplayText, count: Int)] {
        var counts: [String: Int] = [:]
        for event in events where event.what == .gone { counts[event.reason, default: 0] += 1 }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            (name: $0.key.isEmpty ? "not said" : DisplayText($0.key), count: $0.value)
        }
    }
}
