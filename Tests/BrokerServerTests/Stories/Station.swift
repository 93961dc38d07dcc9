import Authority
import BrokerCore
import BrokerServer
import MQTTTransport
import MessageQueue
import NIOCore
import NIOPosix
import Glibc
import TestSupport

/// A data directory of a test's own, with papers for whoever appears in the story, and the broker on it.
final class Station {
    let directory: TemporaryDirectory
    let registrar: Registrar
    private var server: BrokerServer?

    init() throws {
        directory = try TemporaryDirectory()
        registrar = Registrar(try Authority(in: DataDirectory(directory.path)))
    }

    deinit {
        stop()
    }

    var configuration: Configuration {
        var configuration = Configuration(
            endpoint: Endpoint(host: "localhost", port: 1), workersListen: HostAndPort(host: "127.0.0.1", port: 0),
            dataDirectory: directory.path)
        configuration.open = HostAndPort(host: "127.0.0.1", port: 0)
        return configuration
    }

    @discardableResult
    func start(_ change: (inout Configuration) -> Void = { _ in }, logs: LogOutput = .none) throws -> BrokerServer {
        var configuration = configuration
        change(&configuration)
        let server = try BrokerServer.start(configuration, logs: logs)
        self.server = server
        return server
    }

    func stop() {
        server?.stop()
        server = nil
    }

    /// A pool's certificate, entered in the registry.
    func pool(_ name: String) throws -> (id: ULID, tls: ClientTLS) {
        let key = try KeyPair()
        let issued = try registrar.addPool(
            named: name, for: key.request, endpoint: Endpoint(host: "localhost", port: 1_984))
        return (issued.pool.id, try tls(issued.certificate, key))
    }

    /// A pool whose papers lie in files, for programs that are not ours.
    func poolInFiles(_ name: String) throws -> (id: ULID, papers: Papers) {
        let key = try KeyPair()
        let issued = try registrar.addPool(
            named: name, for: key.request, endpoint: Endpoint(host: "localhost", port: 1_984))
        return (
            issued.pool.id,
            Papers(
                certificate: try directory.write(issued.certificate.pem, to: "\(name).crt"),
                key: try directory.write(key.privateKeyPEM, to: "\(name).key"),
                authority: try directory.write(registrar.authority.workers.certificatePEM, to: "ca.crt"))
        )
    }

    struct Papers {
        let certificate: String
        let key: String
        let authority: String
    }

    /// What `body` needs of a log: a file, and what stands in it so far.
    func log() throws -> (output: LogOutput, text: () throws -> String) {
        let path = try directory.write("", to: "log")
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        return (.descriptor(descriptor), { [directory] in try directory.read("log") })
    }

    func credential(_ name: String, _ role: CredentialRole) throws -> ClientTLS {
        let key = try KeyPair()
        return try tls(registrar.issueCredential(named: name, role: role, for: key.request).certificate, key)
    }

    /// A certificate that this authority signed and nobody entered anywhere.
    func stranger() throws -> ClientTLS {
        let key = try KeyPair()
        return try tls(
            registrar.authority.workers.issue(.client("nobody"), for: key.request, days: 1, at: WallClock.now()), key)
    }

    private func tls(_ certificate: IssuedCertificate, _ key: KeyPair) throws -> ClientTLS {
        try ClientTLS(
            certificate: Array(certificate.pem.utf8), key: Array(key.privateKeyPEM.utf8),
            trust: Array(registrar.authority.workers.certificatePEM.utf8))
    }

    func client(_ target: ClientTarget, _ id: String, _ change: (inout ClientOptions) -> Void = { _ in }) -> MQTTClient
    {
        var options = ClientOptions(clientID: id)
        change(&options)
        return MQTTClient(target, options, on: MultiThreadedEventLoopGroup.singleton.any())
    }
}

extension BrokerServer {
    func target(_ tls: ClientTLS) -> ClientTarget { .tls(host: "localhost", port: endpoint.port, tls) }
    var openTarget: ClientTarget { .tcp(host: "127.0.0.1", port: open?.port ?? 0) }
    var openPort: UInt16 { UInt16(clamping: open?.port ?? 0) }
    var workersPort: UInt16 { UInt16(clamping: endpoint.port) }
}
