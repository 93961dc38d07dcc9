import AdminProtocol
import ArgumentParser
import ConsoleCore
import MessageQueue

/// `signalbox queue peek`: look without taking.
struct QueuePeek: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peek",
        abstract: "Look at messages without taking them, the oldest first.",
        discussion: QueueCommand.explanation)

    @OptionGroup var page: QueuePage
    @OptionGroup var options: QueueOptions

    func run() throws {
        let source = try options.open()
        let messages = try QueueOptions.ask { try source.peek(atMost: page.limit, after: page.after) }
        if options.json { return Output.json(.object([.init("messages", .array(messages.map(QueuePeek.json)))])) }
        Output.table(QueuePeek.table(of: messages, at: Clock.wall()), orSay: "no messages")
    }

    static func table(of messages: [WaitingMessage], at now: Int64) -> TextTable {
        TextTable(
            columns: [.right("ID"), .right("RECEIVED"), .right("AGE"), .right("HIDDEN FOR"), .left("MESSAGE")],
            rows: messages.map { message in
                [
                    "\(message.id)", "\(message.receives)", Figures.span(max(0, now - max(0, message.enqueuedAt))),
                    message.visibleAt > now ? Figures.span(message.visibleAt - now) : Figures.absent,
                    QueueBody.text(message.body),
                ]
            })
    }

    static func json(_ message: WaitingMessage) -> JSON {
        .object([
            .init("id", .int(message.id)), .init("receives", .int(message.receives)),
            .init("enqueued_at", .int(message.enqueuedAt)), .init("visible_at", .int(message.visibleAt)),
            .init("body", .string(String(decoding: message.body, as: UTF8.self))),
        ])
    }
}
