import AdminProtocol
import ArgumentParser
import ConsoleCore

/// `signalbox status`: the broker at a glance.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the broker at a glance: workers, rates, queue, alerts, log level.",
        discussion: ExitCodes.explanation)

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Print the broker's overview as JSON.")
    var json = false

    func run() throws {
        let session = try AdminSession(connection)
        let result = try session.ask(.overview)
        if json { return Output.json(result) }
        let hello = try session.read(session.ask(.hello), as: Hello.self)
        let overview = try session.read(result, as: Overview.self)
        Output.line(Status.text(of: overview, hello))
    }

    static func text(of overview: Overview, _ hello: Hello) -> String {
        var table = TextTable(columns: [.left("BROKER"), .left(DisplayText(hello.installation))], rows: [])
        table.rows += [
            ["endpoint", DisplayText(hello.endpoint)],
            ["version", "\(DisplayText(hello.version)), up \(Figures.span(overview.now - overview.startedAt))"],
            ["you", "\(DisplayText(hello.principal)), \(DisplayText(hello.role.rawValue))"],
            [
                "workers",
                "\(overview.workers) in \(overview.pools) pools, \(overview.stuck) stuck, \(overview.flapping) flapping",
            ],
            ["received", traffic(overview.received)],
            ["sent", traffic(overview.sent)],
            [
                "denied",
                "\(Figures.number(overview.deniedPerMinute))/min, \(Figures.whole(overview.denied)) in all",
            ],
            ["queue", queue(overview.queue)],
            ["log", level(overview.levels)],
        ]
        if let open = hello.open { table.rows.append(["OPEN", "\(DisplayText(open)), without identity"]) }
        for alert in overview.alerts {
            table.rows.append(["ALERT", "\(DisplayText(alert.text)), since \(Output.when(alert.since))"])
        }
        return table.text
    }

    private static func traffic(_ traffic: Traffic) -> DisplayText {
        "\(Figures.number(traffic.rate10s))/s, \(Figures.bytes(traffic.bytes10s))/s, \(Figures.whole(traffic.messages)) in all"
    }

    private static func queue(_ queue: Overview.Queue) -> DisplayText {
        if let trouble = queue.trouble {
            return "\(DisplayText(queue.store)) does not commit: \(DisplayText(trouble)); \(queue.pending) wait"
        }
        let depth = queue.depth.map { Figures.whole($0) } ?? Figures.absent
        let oldest = queue.oldestAge.map { Figures.span($0) } ?? Figures.absent
        let letters = Figures.whole(queue.deadLetters)
        let unsafe: DisplayText = queue.warning.map { "; \(DisplayText($0))" } ?? ""
        return "\(DisplayText(queue.store)), \(depth) waiting, oldest \(oldest), \(letters) dead letters\(unsafe)"
    }

    private static func level(_ levels: LogLevels) -> DisplayText {
        let level = DisplayText(levels.level.rawValue)
        if levels.leases.isEmpty { return level }
        return "\(level), \(levels.leases.count) set by operators"
    }
}
