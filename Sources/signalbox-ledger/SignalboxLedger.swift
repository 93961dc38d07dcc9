import ArgumentParser
import Glibc

@main
struct SignalboxLedger: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signalbox-ledger",
        abstract: "Proves that nothing acknowledged is lost, or finds what is.",
        discussion: """
            Workers write down what they send and what they are promised; the broker, its database and its disk are \
            killed, frozen and filled; then the store is read and compared with the books.

            Exit codes: 0 everything held, 1 it did not (the evidence is kept), 2 wrong usage, 3 the control was not \
            caught, so that the run counts for nothing, 70 the run could not be made.
            """,
        subcommands: [KillsCommand.self, FaultsCommand.self, LyingBroker.self],
        defaultSubcommand: KillsCommand.self)

    static func main() {
        Children.endWithUs()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Children.endAll()
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            Files.write(Array((fullMessage(for: error) + "\n").utf8), to: STDERR_FILENO)
            Glibc.exit(2)
        }
        Children.endAll()
    }
}
