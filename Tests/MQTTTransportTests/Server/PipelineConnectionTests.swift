import Glibc
import NIOCore
import NIOEmbedded
import NIOSSL
import Testing

@testable import MQTTTransport

@Suite struct PipelineConnectionTests {
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
        owner.connection?.close(after: Array("bye".utf8).span.bytes)
        try channel.writeInbound(ByteBuffer(string: "too late"))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "bye"))
        owner.connection?.send(Array("never".utf8).span.bytes)
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        channel.embeddedEventLoop.run()
        #expect(owner.entries.filter { $0.hasPrefix("ended") } == ["ended asked"])
        #expect(!owner.entries.contains { $0.hasPrefix("received") })
    }

    /// What stands between the peer's goodbye and us would else be waited for: TLS gives up only after five seconds.
    @Test func isReadAgainWhenItCloses() throws {
        let owner = Diary()
        let channel = try open(owner)
        owner.connection?.read(false)
        owner.connection?.close(after: RawSpan())
        let wishes = channel.options.filter { $0.option is ChannelOptions.Types.AutoReadOption }.map {
            $0.value as? Bool
        }
        #expect(wishes.last == true)
    }

    private func open(_ owner: Diary) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        let connection = PipelineConnection(listener: 0, owner: owner, deadline: .seconds(5))
        try channel.pipeline.syncOperations.addHandler(connection)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        return channel
    }
}
