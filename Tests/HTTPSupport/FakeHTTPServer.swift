import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// A web server on loopback that answers as the test tells it, or does not.
package final class FakeHTTPServer: Sendable {
    package struct Request: Sendable {
        package var method: String
        package var path: String
        package var headers: [String: String]
        package var body: [UInt8]
    }

    package enum Reply: Sendable {
        case answer(status: Int, headers: [String: String] = [:], body: String)
        /// The connection is closed without a word: what the server did, it did.
        case drop
        /// The connection stays, and nothing comes.
        case silence
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let seen = NIOLockedValueBox<[Request]>([])
    private let channel: any Channel

    /// `http://127.0.0.1:PORT`.
    package var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    /// Everything that was asked so far, in order.
    package var requests: [Request] { seen.withLockedValue { $0 } }

    /// `reply` is called on the server's thread, one request at a time.
    package init(_ reply: @escaping @Sendable (Request) -> Reply) throws {
        let seen = seen
        channel = try ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(seen: seen, reply: reply))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
    }

    package func stop() {
        try? channel.close().wait()
        try? group.syncShutdownGracefully()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        let seen: NIOLockedValueBox<[Request]>
        let reply: @Sendable (Request) -> Reply
        var request: Request?

        init(seen: NIOLockedValueBox<[Request]>, reply: @escaping @Sendable (Request) -> Reply) {
            self.seen = seen
            self.reply = reply
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                var headers: [String: String] = [:]
                for header in head.headers { headers[header.name.lowercased()] = header.value }
                request = Request(method: head.method.rawValue, path: head.uri, headers: headers, body: [])
            case .body(let bytes): request?.body += Array(bytes.readableBytesView)
            case .end:
                guard let request else { return }
                seen.withLockedValue { $0.append(request) }
                send(reply(request), context)
            }
        }

        private func send(_ reply: Reply, _ context: ChannelHandlerContext) {
            let (status, headers, body): (Int, [String: String], String)
            switch reply {
            case .answer(let code, let fields, let text): (status, headers, body) = (code, fields, text)
            case .drop: return context.close(promise: nil)
            case .silence: return
            }
            var fields = HTTPHeaders(headers.map { ($0.key, $0.value) })
            fields.replaceOrAdd(name: "Content-Length", value: String(body.utf8.count))
            let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: fields)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
