import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One HTTP client with a thread of its own, so that no broker's loop ever waits for AWS.
package final class HTTPTransport: Sendable {
    package struct Answer: Sendable {
        package var status: Int
        package var body: [UInt8]
        /// The `Date` header: what time it is there.
        package var date: String?
    }

    /// An answer of more than this is none.
    private static let mostBytes = 4 << 20

    private let group: MultiThreadedEventLoopGroup
    private let client: HTTPClient

    /// Throws if the file of authorities cannot be used.
    package init(authorities: String? = nil) throws(AWSFailure) {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authorities {
            do {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorities))
            } catch {
                throw AWSFailure(.refused, "the authorities in \(authorities) cannot be read: \(error)")
            }
        }
        tls.minimumTLSVersion = .tlsv12
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(3), read: .seconds(15)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.idleTimeout = .seconds(30)
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
    }

    /// Asks; the future fails with an `AWSFailure` only.
    package func send(
        method: String, url: String, headers: [(name: String, value: String)], body: [UInt8] = [],
        within limit: TimeAmount = .seconds(20)
    ) -> EventLoopFuture<Answer> {
        let host = HTTPTransport.host(of: url)
        do {
            let request = try HTTPClient.Request(
                url: url, method: HTTPMethod(rawValue: method),
                headers: HTTPHeaders(headers.map { ($0.name, $0.value) }),
                body: body.isEmpty ? nil : .bytes(body))
            return client.execute(
                request: request, delegate: ResponseAccumulator(request: request, maxBodySize: HTTPTransport.mostBytes),
                deadline: .now() + limit
            ).futureResult.map { response in
                Answer(
                    status: Int(response.status.code), body: response.body.map { Array($0.readableBytesView) } ?? [],
                    date: response.headers.first(name: "Date"))
            }.flatMapErrorThrowing { throw AWSFailure(.unavailable, "\(host) does not answer: \($0)") }
        } catch {
            return group.next().makeFailedFuture(AWSFailure(.refused, "\(host) cannot be asked: \(error)"))
        }
    }

    /// Where several futures are brought together.
    package var loop: any EventLoop { group.next() }

    /// Ends it; blocks until its connections are closed.
    package func stop() {
        try? client.syncShutdown()
        try? group.syncShutdownGracefully()
    }

    /// Without path and query: those of a credentials' address are nobody's business.
    private static func host(of url: String) -> String {
        let rest = url.split(separator: "/", omittingEmptySubsequences: true)
        return rest.count > 1 ? String(rest[1]) : url
    }
}
