import Glibc
import NIOCore
import NIOEmbedded
import Testing

@testable import MQTTTransport

@Suite struct PipelineConnectionTests {
    @Test func tellsOpeningBytesAndEndInTheirOrder() throws {
        let stage = try TLSStage()
        for text in ["ab", "c"] {
            try stage.say(text)
            try stage.carry()
        }
        stage.server.pipeline.fireChannelInactive()
        #expect(
            stage.told.filter { $0 != "caught up" } == ["opened", "received ab", "received c", "ended peerClosed"])
        let received = stage.told.indices.filter { stage.told[$0].hasPrefix("received") }
        #expect(received.allSatisfy { stage.told[$0 + 1] == "caught up" })
    }

    @Test func saysHowASocketBroke() throws {
        let stage = try TLSStage()
        stage.server.pipeline.fireErrorCaught(IOError(errnoCode: ECONNRESET, reason: "read"))
        stage.server.pipeline.fireChannelInactive()
        #expect(stage.told.last == #"ended failed("reset by the peer")"#)
    }

    @Test func takesAPeerThatGoesWithoutGoodbyeForGone() throws {
        let stage = try TLSStage()
        stage.server.pipeline.fireChannelInactive()
        #expect(stage.told.last == "ended peerClosed")
    }

    @Test func writesItsLastBytesAndHearsNothingMore() throws {
        let stage = try TLSStage()
        let connection = stage.owner.connection
        connection?.close(after: Array("bye".utf8).span.bytes)
        connection?.send(Array("never".utf8).span.bytes)
        try stage.say("too late")
        try stage.carry()
        #expect(try stage.heard() == "bye")
        #expect(stage.told.last == "ended asked")
        #expect(!stage.told.contains { $0.hasPrefix("received") })
    }

    /// TLS alone would give up after five seconds.
    @Test func doesNotWaitForeverForAPeersGoodbye() throws {
        let stage = try TLSStage()
        stage.owner.connection?.close(after: Array("bye".utf8).span.bytes)
        stage.server.embeddedEventLoop.advanceTime(by: .milliseconds(1_999))
        #expect(!stage.told.contains { $0.hasPrefix("ended") })
        stage.server.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(stage.told.last == "ended asked")
    }

    /// What stands between the peer's goodbye and us would else be waited for.
    @Test func isReadAgainWhenItCloses() throws {
        let stage = try TLSStage()
        stage.owner.connection?.read(false)
        #expect(stage.isRead == false)
        stage.owner.connection?.close(after: RawSpan())
        #expect(stage.isRead == true)
    }
}
