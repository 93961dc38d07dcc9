import Glibc
import NIOCore
import NIOEmbedded
import NIOSSL
import Testing

@testable import MQTTTransport

@Suite struct ServerConnectionTests {
    @Test func tellsOpeningBytesAndEndInTheirOrder() throws {
        let owner = Diary()
        let channel = try open(owner)
        try channel.writeInbound(ByteBuffer(string: "ab"))
        try channel.writeInbound(ByteBuffer(string: "c"))
        _ = try channel.finish(acceptAlreadyClosed: true)
        #expect(owner.entries == ["opened", "received ab", "caught up", "received c", "caught up", "ended peerClosed"])
    }

    @Test func saysHowASocketBroke() throws {
        let owner = Diary()
        let channel = try open(owner)
        channel.pipeline.fireErrorCaught(IOError(errnoCode: ECONNRESET, reason: "read"))
        #expect(owner.entries == ["opened", #"ended failed("reset by the peer")"#])
    }

    @Test func takesATLSPeerThatGoesWithoutGoodbyeForGone() throws {
        let owner = Diary()
        let channel = try open(owner)
        channel.pipeline.fireErrorCaught(NIOSSLError.uncleanShutdown)
        #expect(owner.entries == ["opened", "ended peerClosed"])
    }

    @Test func writesItsLastBytesAndHearsNothingMore() throws {
        let owner = Diary()
        let channel = try open(owner)
        owner.connection?.close(after: ByteBuffer(string: "bye"))
        try channel.writeInbound(ByteBuffer(string: "too late"))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "bye"))
        owner.connection?.send(ByteBuffer(string: "never"))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        channel.embeddedEventLoop.run()
        #expect(owner.entries.filter { $0.hasPrefix("ended") } == ["ended asked"])
        #expect(!owner.entries.contains { $0.hasPrefix("received") })
    }

    @Test func isForgottenWhenItsOwnerTurnsItAway() throws {
        let owner = Diary()
        owner.letsIn = false
        let channel = try open(owner)
        #expect(!channel.isActive)
        #expect(owner.entries == ["opened"])
    }

    private func open(_ owner: Diary) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        let connection = ServerConnection(listener: 0, owner: owner, deadline: .seconds(5))
        try channel.pipeline.syncOperations.addHandler(connection)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        return channel
    }
}

/// Writes down what it is told.
private final class Diary: ConnectionOwner {
    var entries: [String] = []
    var letsIn = true
    var connection: ServerConnection?

    func admits(_ connection: ServerConnection) -> Bool { true }

    func opened(_ connection: ServerConnection, by peer: PeerFacts) -> Bool {
        entries.append("opened")
        self.connection = connection
        return letsIn
    }

    func received(_ bytes: RawSpan, from connection: ServerConnection) {
        entries.append("received " + bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
    }

    func caughtUp() { entries.append("caught up") }
    func becameWritable(_ connection: ServerConnection) { entries.append("writable") }
    func ended(_ connection: ServerConnection, _ end: SocketEnd) { entries.append("ended \(end)") }
    func failed(_ connection: ServerConnection, _ reason: String) { entries.append("failed \(reason)") }
}
