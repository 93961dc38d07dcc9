import NIOCore
import NIOEmbedded
import Testing

@testable import BrokerServer

@Suite struct InstrumentationConnectionTests {
    @Test func saysWhoseFaultItIsThatTimeRanOut() throws {
        #expect(try answer(to: "GET /metr").hasPrefix("HTTP/1.1 408 "))
        let figures = try answer(to: "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(figures.hasPrefix("HTTP/1.1 503 ") && figures.hasSuffix("\r\n\r\nservice unavailable\n"))
        let head = try answer(to: "HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(head.hasPrefix("HTTP/1.1 503 ") && head.hasSuffix("\r\n\r\n"))
    }

    /// What is answered after five seconds, by a broker that has no time for figures.
    private func answer(to request: String) throws -> String {
        let loop = EmbeddedEventLoop()
        let never = loop.makePromise(of: Instrumentation.Figures.self)
        defer { never.fail(CancellationError()) }
        let desk = InstrumentationDesk(Health(), token: nil) { [future = never.futureResult] in future }
        let channel = EmbeddedChannel(handler: InstrumentationConnection(desk), loop: loop)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        try channel.writeInbound(ByteBuffer(string: request))
        loop.advanceTime(by: .milliseconds(4_999))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        loop.advanceTime(by: .milliseconds(1))
        return try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) } ?? ""
    }
}
