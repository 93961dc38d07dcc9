import ArgumentParser

@main
struct Signalbox: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signalbox",
        abstract: "The MQTT broker of a worker platform, and the console that watches it.",
        subcommands: [
            BrokerCommand.self,
            Console.self,
            Demo.self,
            ConfigCommand.self,
            Bench.self,
        ],
        defaultSubcommand: Console.self)
}
