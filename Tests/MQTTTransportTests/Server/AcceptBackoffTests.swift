import Glibc
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import MQTTTransport

/// [T-71]
@Suite struct AcceptBackoffTests {
    private func channel(_ counter: ReadCounter, told: Told) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandlers(counter, AcceptBackoff { told.add($0) })
        return channel
    }

    @Test func acceptsNothingForAMomentWhenDescriptorsAreGone() throws {
        let counter = ReadCounter()
        let told = Told()
        let channel = try channel(counter, told: told)
        channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
        channel.read()
        channel.read()
        #expect(counter.reads == 0)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(9))
        #expect(counter.reads == 0)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(counter.reads == 1)
        channel.read()
        #expect(counter.reads == 2)
        #expect(told.all == ["Too many open files"])
    }

    @Test func waitsLongerEachTimeUpToASecondAndBeginsAnewAfterAnAccept() throws {
        let counter = ReadCounter()
        let told = Told()
        let channel = try channel(counter, told: told)
        var pauses: [Int64] = []
        for _ in 0..<9 { pauses.append(pause(channel, counter)) }
        #expect(pauses == [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000])
        channel.pipeline.fireChannelRead(EmbeddedChannel() as any Channel)
        #expect(pause(channel, counter) == 10)
    }

    @Test func takesNoNoticeOfAPeerThatIsGoneAlready() throws {
        let counter = ReadCounter()
        let told = Told()
        let channel = try channel(counter, told: told)
        channel.pipeline.fireErrorCaught(IOError(errnoCode: ECONNABORTED, reason: "accept"))
        channel.read()
        #expect(counter.reads == 1)
        #expect(told.all.isEmpty)
    }

    /// How many milliseconds pass until the next accept.
    private func pause(_ channel: EmbeddedChannel, _ counter: ReadCounter) -> Int64 {
        channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
        let before = counter.reads
        channel.read()
        for waited in Int64(1)...2_000 {
            channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
            if counter.reads > before { return waited }
        }
        return -1
    }
}

private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = Never
    var reads = 0

    func read(context: ChannelHandlerContext) {
        reads += 1
    }
}

private final class Told: Sendable {
    private let state = Mutex<[String]>([])
    var all: [String] { state.withLock { $0 } }
    func add(_ text: String) { state.withLock { $0.append(text) } }
}
