import ArgumentParser
import Authority
import MQTTTransport

/// How to reach the broker's admin topic: its socket on this host, or its admin listener with a certificate.
struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The admin socket (default: admin.sock in the data directory).", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("The admin listener to connect to with TLS instead.", valueName: "host:port"))
    var connect: String?

    @Option(help: ArgumentHelp("With --connect: the certificate of your credential, PEM.", valueName: "file"))
    var cert: String?

    @Option(help: ArgumentHelp("With --connect: its private key, PEM.", valueName: "file"))
    var key: String?

    @Option(help: ArgumentHelp("With --connect: the authority to trust, PEM.", valueName: "file"))
    var ca: String?

    @OptionGroup var data: DataDirectoryOption

    func validate() throws {
        if connect == nil {
            guard cert == nil, key == nil, ca == nil else {
                throw ValidationError("--cert, --key and --ca belong to --connect")
            }
        } else {
            guard socket == nil else { throw ValidationError("take either --socket or --connect") }
            guard cert != nil, key != nil, ca != nil else {
                throw ValidationError("--connect needs --cert, --key and --ca")
            }
        }
    }

    /// Where to connect, by these options and `environment`; reads the certificate files.
    func target(in environment: [String: String]) throws -> ClientTarget {
        guard let connect, let cert, let key, let ca else {
            return try .unix(path: socket ?? data.path(in: environment) + "/admin.sock")
        }
        let endpoint = try Endpoint(connect)
        let certificate = try File.read(cert, atMost: 65_536)
        let privateKey = try File.read(key, atMost: 65_536, secret: true)
        let trust = try File.read(ca, atMost: 65_536)
        do {
            return try .tls(
                host: endpoint.host, port: endpoint.port,
                ClientTLS(certificate: certificate, key: privateKey, trust: trust))
        } catch {
            throw AuthorityError("\(cert), \(key) and \(ca) are not a certificate, its key and an authority in PEM")
        }
    }

    /// The same in a few words, for a message.
    func place(in environment: [String: String]) -> String {
        if let connect { return connect }
        if let socket { return socket }
        return ((try? data.path(in: environment)) ?? "") + "/admin.sock"
    }
}
