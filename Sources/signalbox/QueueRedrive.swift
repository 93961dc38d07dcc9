import AdminProtocol
import ArgumentParser
import MessageQueue

/// `signalbox queue redrive`: dead letters get another chance.
struct QueueRedrive: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Put dead letters back into the queue, as if they had never been received.",
        discussion: QueueCommand.explanation)

    @Argument(help: ArgumentHelp("Which, by their ids in 'queue dead-letters'.", valueName: "id"))
    var ids: [Int64] = []

    @Flag(help: "All of them.")
    var all = false

    @OptionGroup var options: QueueOptions

    /// Short transactions: a broker that writes waits for each.
    private static let portion = 500

    func validate() throws {
        guard ids.isEmpty == all else { throw ValidationError("name dead letters by their ids, or say --all") }
    }

    func run() throws {
        let source = try options.open()
        let total = try QueueOptions.ask { try source.contents(at: Clock.wall()).deadLetters }
        var count = 0
        var told = Clock.steady()
        var rest = ids[...]
        while true {
            let chosen = all ? nil : Array(rest.prefix(Self.portion))
            rest = rest.dropFirst(Self.portion)
            let before = count
            count += try QueueOptions.ask { try source.redrive(chosen, atMost: Self.portion) }
            guard all ? count > before : !rest.isEmpty else { break }
            if Clock.steady() - told >= 1_000 {
                told = Clock.steady()
                Output.remark("\(count) of \(all ? Int(total) : ids.count)")
            }
        }
        if options.json { return Output.json(.object([.init("redriven", .int(Int64(count)))])) }
        Output.line("\(count) put back")
        guard all || count == ids.count else {
            throw Exit.because("\(ids.count - count) of them are no dead letters", code: ExitCodes.refused)
        }
    }
}
