import ArgumentParser
import Authority
import BrokerCore

/// What a pool's new certificate and token are made of, and where they go.
struct TokenOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The certificate signing request, PEM; - for standard input.", valueName: "file"))
    var csr: String

    @Option(help: ArgumentHelp("Write token, cert.pem and ca.pem there as well.", valueName: "directory"))
    var out: String?

    @Option(help: ArgumentHelp("Where workers reach the broker.", valueName: "host:port"))
    var endpoint: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var data: DataDirectoryOption

    /// Has a certificate made by `issue`, and hands its token over.
    func run(
        _ issue: (Office, SigningRequest, Endpoint) throws -> Registrar.IssuedPool
    ) throws {
        let request = try Office.request(csr)
        let office = try Office(data)
        let endpoint = try office.endpoint(endpoint)
        try PoolCommand.deliver(issue(office, request, endpoint), to: out, json: json)
    }
}
