import AdminProtocol
import ArgumentParser
import Authority
import BrokerCore

/// `signalbox pool reset`: another certificate for a pool, and no more use of the old one.
struct PoolReset: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Give a pool a new token; workers with the old one are cut within a second and refused.",
        discussion: "Exit codes: 0 done, 1 refused or failed, 2 wrong usage.")

    @Argument(help: "The pool's ULID, or its name.")
    var pool: String

    @Option(help: ArgumentHelp("The certificate signing request, PEM; - for standard input.", valueName: "file"))
    var csr: String

    @Option(help: ArgumentHelp("Write token, cert.pem and ca.pem there as well.", valueName: "directory"))
    var out: String?

    @Option(help: ArgumentHelp("Where workers reach the broker.", valueName: "host:port"))
    var endpoint: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var data: DataDirectoryOption

    func run() throws {
        let request = try Office.request(csr)
        let office = try Office(data)
        let endpoint = try office.endpoint(endpoint)
        let pool = try office.pool(pool)
        let issued = try Office.sentence {
            try office.registrar.resetPool(pool.id, for: request, endpoint: endpoint)
        }
        try PoolCommand.deliver(issued, to: out, json: json)
    }
}
