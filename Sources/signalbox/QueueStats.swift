import AdminProtocol
import ArgumentParser
import ConsoleCore
import MessageQueue

/// `signalbox queue stats`: how much waits.
struct QueueStats: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "How many messages wait, since when, and how many were given up.",
        discussion: "Beyond 100,000 messages the number is an estimate. \(QueueCommand.explanation)")

    @OptionGroup var options: QueueOptions

    func run() throws {
        let source = try options.open()
        let contents = try QueueOptions.ask { try source.contents(at: Clock.wall()) }
        if options.json { return Output.json(QueueStats.json(contents)) }
        for (name, value) in QueueStats.lines(contents) { Output.line("\(TextTable.padded(name, 20))\(value.text)") }
    }

    static func lines(_ contents: StoreContents) -> [(DisplayText, DisplayText)] {
        [
            ("waiting", "\(contents.depth)"), ("of them visible", contents.visible.map { "\($0)" } ?? Figures.absent),
            ("oldest", contents.oldestAge.map { Figures.span($0) } ?? Figures.absent),
            ("dead letters", "\(contents.deadLetters)"),
        ]
    }

    static func json(_ contents: StoreContents) -> JSON {
        var members = [JSON.Member("total", .int(contents.depth))]
        if let visible = contents.visible { members.append(JSON.Member("visible", .int(visible))) }
        if let age = contents.oldestAge { members.append(JSON.Member("oldest_age_ms", .int(age))) }
        members.append(JSON.Member("dead_letters", .int(contents.deadLetters)))
        return .object(members)
    }
}
