import AdminProtocol
import ArgumentParser
import ConsoleCore
import MessageQueue

/// `signalbox queue receive`: take messages, as a consumer does.
struct QueueReceive: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receive",
        abstract: "Take up to 10 messages; they come back unless they are deleted in time.",
        discussion: """
            A message that was received three times and is still there goes to the dead letters. \
            \(QueueCommand.explanation)
            """)

    @Option(help: ArgumentHelp("Messages at most, 1 to 10.", valueName: "messages"))
    var limit = QueuePolicy.mostReceived

    @Option(help: ArgumentHelp("How long nobody else gets them (default 45s).", valueName: "time"))
    var visibility: TimeSpan?

    @Option(help: ArgumentHelp("Wait so long for a message if there is none, 20s at most.", valueName: "time"))
    var wait: TimeSpan?

    @Flag(help: "Delete them at once: they are dealt with.")
    var delete = false

    @OptionGroup var options: QueueOptions

    func validate() throws {
        try check("--limit", limit, in: 1...QueuePolicy.mostReceived)
        _ = try times()
    }

    func run() throws {
        let source = try options.open()
        let times = try times()
        let messages = try QueueOptions.ask {
            try source.receive(atMost: limit, visibility: times.visibility, wait: times.wait)
        }
        if options.json {
            Output.json(.object([.init("messages", .array(messages.map(QueueReceive.json)))]))
        } else {
            Output.table(QueueReceive.table(of: messages, at: Clock.wall()), orSay: "no messages")
        }
        // Printed first: what is deleted and not shown would be lost.
        if delete, !messages.isEmpty {
            _ = try QueueOptions.ask { try source.delete(messages.map(\.receipt)) }
        }
    }

    private func times() throws -> (visibility: Int64, wait: Int64) {
        (
            try TimeSpan.bounded(
                visibility, usual: QueuePolicy.visibility, "--visibility", atMost: "12h", QueuePolicy.longestVisibility),
            try TimeSpan.bounded(wait, usual: 0, "--wait", atMost: "20s", QueuePolicy.longestWait)
        )
    }

    static func table(of messages: [ReceivedMessage], at now: Int64) -> TextTable {
        TextTable(
            columns: [.left("RECEIPT"), .right("RECEIVED"), .right("AGE"), .left("MESSAGE")],
            rows: messages.map { message in
                [
                    DisplayText(message.receipt.description), "\(message.receipt.receives)",
                    Figures.span(max(0, now - max(0, message.enqueuedAt))), QueueBody.text(message.body),
                ]
            })
    }

    static func json(_ message: ReceivedMessage) -> JSON {
        .object([
            .init("id", .int(message.receipt.id)), .init("receipt", .string(message.receipt.description)),
            .init("receives", .int(message.receipt.receives)), .init("enqueued_at", .int(message.enqueuedAt)),
            .init("body", .string(String(decoding: message.body, as: UTF8.self))),
        ])
    }
}
