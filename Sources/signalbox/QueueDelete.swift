import AdminProtocol
import ArgumentParser
import MessageQueue

/// `signalbox queue delete`: messages are dealt with.
struct QueueDelete: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete received messages by their receipts.",
        discussion: """
            A receipt is stale once somebody else has received the message: it is not deleted then, and the exit code \
            is 1. \(QueueCommand.explanation)
            """)

    @Argument(help: ArgumentHelp("Receipts, as 'queue receive' prints them.", valueName: "receipt"))
    var receipts: [String]

    @OptionGroup var options: QueueOptions

    func validate() throws { _ = try parsed() }

    func run() throws {
        let source = try options.open()
        let receipts = try parsed()
        let stale = try QueueOptions.ask { try source.delete(receipts) }
        let deleted = receipts.count - stale.count
        if options.json {
            Output.json(
                .object([
                    .init("deleted", .int(Int64(deleted))),
                    .init("stale", .array(stale.map { .string($0.description) })),
                ]))
        } else {
            Output.line("\(deleted) deleted")
        }
        guard stale.isEmpty else {
            let list = stale.map(\.description).joined(separator: ", ")
            throw Exit.because("stale, and not deleted: \(list)", code: ExitCodes.refused)
        }
    }

    private func parsed() throws -> [Receipt] {
        try receipts.map { text in
            guard let receipt = Receipt(text) else {
                throw ValidationError("a receipt is two numbers with - between, such as 17-1")
            }
            return receipt
        }
    }
}
