import AdminProtocol
import ArgumentParser
import Authority
import BrokerCore

/// `signalbox pool add`: a new pool for a certificate signing request.
struct PoolAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a worker pool, and print its token.",
        discussion: """
            openssl req -new -newkey rsa:4096 -nodes -keyout pool.key -out pool.csr -subj /CN=pool
            signalbox pool add NAME --csr pool.csr
            Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
            """)

    @Argument(help: "What people call it.")
    var name: String

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
        let issued = try Office.sentence {
            try office.registrar.addPool(named: name, for: request, endpoint: endpoint)
        }
        try PoolCommand.deliver(issued, to: out, json: json)
    }
}
