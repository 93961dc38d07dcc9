import ArgumentParser

/// `signalbox queue`: the durable queue as its consumers see it, without the broker.
struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Read the durable queue: what waits, what was given up, and take from it.",
        discussion: """
            Needs no running broker, but its environment: MESSAGE_QUEUE_TYPE with DATABASE_URL for PostgreSQL, or the \
            data directory for the embedded store (--data-dir alone means that one). The same in plain SQL is in the \
            documentation of the MessageQueue module.
            """,
        subcommands: [
            QueueStats.self, QueueReceive.self, QueueDelete.self, QueuePeek.self, QueueDeadLetters.self,
            QueueRedrive.self,
        ],
        defaultSubcommand: QueueStats.self)

    static let explanation = """
        Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the store cannot be used, 78 the configuration is \
        refused.
        """
}
