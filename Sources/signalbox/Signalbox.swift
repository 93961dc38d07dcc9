import ArgumentParser
import BrokerServer
import Glibc

@main
struct Signalbox: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signalbox",
        abstract: "The MQTT broker of a worker platform, and the console that watches it.",
        version: "signalbox \(BrokerServer.version)",
        subcommands: [
            BrokerCommand.self,
            Console.self,
            Demo.self,
            Status.self,
            Pools.self,
            Workers.self,
            Topics.self,
            Events.self,
            Denials.self,
            Log.self,
            LogLevelCommand.self,
            KickCommand.self,
            PoolCommand.self,
            CredentialCommand.self,
            QueueCommand.self,
            ConfigCommand.self,
            Bench.self,
        ],
        defaultSubcommand: Console.self)

    /// Wrong usage ends with 2, as everywhere else; the parser's own code for it is 64.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            Output.remark(fullMessage(for: error))
            Glibc.exit(ExitCodes.usage)
        }
    }
}
