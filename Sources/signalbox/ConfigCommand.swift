import ArgumentParser
import Authority
import BrokerServer
import FoundationEssentials

/// `signalbox config`: what the environment says, without doing anything.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Look at the configuration.", subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Print the effective values, or say what is wrong.",
            discussion: "Exit codes: 0 the broker would accept it, 78 it would not.")

        @OptionGroup var data: DataDirectoryOption

        func run() throws {
            do {
                let configuration = try Configuration(
                    environment: ProcessInfo.processInfo.environment, dataDirectory: data.dataDirectory)
                for line in configuration.lines { print(line) }
                try configuration.checkFiles()
            } catch let error as ConfigurationError {
                throw Exit.because(error.description, code: 78)
            } catch let error as AuthorityError {
                throw Exit.because(error.description, code: 78)
            }
        }
    }
}
