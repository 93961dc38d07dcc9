import ArgumentParser

/// Which part of a queue is listed, by the ids of its messages.
struct QueuePage: ParsableArguments {
    @Option(help: ArgumentHelp("Messages at most, 1 to 500.", valueName: "messages"))
    var limit = 20

    @Option(help: ArgumentHelp("Only those after this one.", valueName: "id"))
    var after: Int64 = 0

    func validate() throws {
        try check("--limit", limit, in: 1...500)
    }
}
