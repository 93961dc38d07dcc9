import Authority
import NIOCore
import NIOEmbedded
import NIOSSL
import TestSupport

@testable import MQTTTransport

/// A connection behind its TLS and its client, in memory: bytes go over when they are carried, and time passes when it is
/// told to.
final class TLSStage {
    let owner = Diary()
    let server = EmbeddedChannel()
    private let client = EmbeddedChannel()

    /// Both have shaken hands.
    init() throws {
        let directory = try TemporaryDirectory()
        let authority = try Authority(in: DataDirectory(directory.path)).workers
        let trust = try NIOSSLCertificate.fromPEMBytes(Array(authority.certificatePEM.utf8))
        func papers(of subject: CertificateAuthority.Subject) throws -> (certificate: [UInt8], key: [UInt8]) {
            let key = try KeyPair()
            let issued = try authority.issue(subject, for: key.request, days: 1, at: WallClock.now())
            return (Array(issued.pem.utf8), Array(key.privateKeyPEM.utf8))
        }
        let ours = try papers(of: .server(host: "localhost"))
        let tls = try ServerTLS(
            certificate: ours.certificate, key: ours.key, clients: Array(authority.certificatePEM.utf8))
        try PipelineConnection(
            listener: 0, owner: owner, deadline: .seconds(5), address: "127.0.0.1:1", behind: tls.context
        ).enter(server)

        let theirs = try papers(of: .client("worker"))
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(trust)
        configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(theirs.certificate).map { .certificate($0) }
        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: theirs.key, format: .pem))
        try client.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: "localhost"))
        for channel in [server, client] {
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        }
        try carry()
    }

    /// What the owner was told, from the opening on.
    var told: [String] { Array(owner.entries.drop { $0 != "opened" }) }

    /// Whether the socket is to be read, as it was asked last.
    var isRead: Bool? { server.options.last { $0.option is ChannelOptions.Types.AutoReadOption }?.value as? Bool }

    /// What the client says, which is under way until it is carried.
    func say(_ text: String) throws {
        try client.writeOutbound(ByteBuffer(string: text))
    }

    /// What the client has read.
    func heard() throws -> String {
        var text = ""
        while let bytes = try client.readInbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }

    /// Carries everything that is under way to the other side, until there is nothing more.
    func carry() throws {
        while true {
            if let bytes = try client.readOutbound(as: ByteBuffer.self) {
                try server.writeInbound(bytes)
            } else if let bytes = try server.readOutbound(as: ByteBuffer.self) {
                try client.writeInbound(bytes)
            } else {
                return
            }
        }
    }
}
