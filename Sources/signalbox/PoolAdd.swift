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

    @OptionGroup var token: TokenOptions

    func run() throws {
        try token.run { office, request, endpoint in
            try Office.sentence { try office.registrar.addPool(named: name, for: request, endpoint: endpoint) }
        }
    }
}
