import AdminProtocol
import ArgumentParser
import ConsoleCore
import FoundationEssentials
import MessageQueue

/// `signalbox queue dead-letters`: what was given up, and why.
struct QueueDeadLetters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "List the messages that nobody could deal with, and why.",
        discussion: "They stay until they are redriven or deleted with SQL. \(QueueCommand.explanation)")

    @OptionGroup var page: QueuePage
    @OptionGroup var options: QueueOptions

    func run() throws {
        let source = try options.open()
        let letters = try QueueOptions.ask { try source.deadLetters(atMost: page.limit, after: page.after) }
        if options.json {
            return Output.json(.object([.init("dead_letters", .array(letters.map(QueueDeadLetters.json)))]))
        }
        Output.table(QueueDeadLetters.table(of: letters, at: Clock.wall()), orSay: "no dead letters")
    }

    static func table(of letters: [DeadLetter], at now: Int64) -> TextTable {
        TextTable(
            columns: [.right("ID"), .right("RECEIVED"), .right("AGE"), .left("WHY"), .left("MESSAGE")],
            rows: letters.map { letter in
                [
                    "\(letter.id)", "\(letter.receives)", Figures.span(max(0, now - max(0, letter.enqueuedAt))),
                    DisplayText(letter.reason), QueueBody.text(letter.body),
                ]
            })
    }

    /// The body as it is stored; what is no text, in base64 once more and under another name.
    static func json(_ letter: DeadLetter) -> JSON {
        let text = String(validating: letter.body, as: UTF8.self)
        return .object([
            .init("id", .int(letter.id)), .init("receives", .int(letter.receives)),
            .init("enqueued_at", .int(letter.enqueuedAt)), .init("buried_at", .int(letter.buriedAt)),
            .init("reason", .string(letter.reason)),
            text.map { .init("body", .string($0)) }
                ?? .init("body_base64", .string(Data(letter.body).base64EncodedString())),
        ])
    }
}
