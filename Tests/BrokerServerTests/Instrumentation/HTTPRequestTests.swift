import TestSupport
import Testing

@testable import BrokerServer

/// The parser of requests: what is understood, what is refused with which status, and that nothing traps.
@Suite struct HTTPRequestTests {
    private func read(_ text: String) -> HTTPRequest.Reading { HTTPRequest.read(Array(text.utf8)) }

    @Test func readsWhatProbesAndScrapersSend() {
        let probe = "GET /readiness HTTP/1.1\r\nHost: 10.0.0.1:8080\r\nUser-Agent: kube-probe/1.30\r\n\r\n"
        #expect(read(probe) == .complete(HTTPRequest(method: .get, path: Array("/readiness".utf8), token: nil)))
        let scrape = "GET /metrics?x=1 HTTP/1.1\r\nhost:a\r\nAUTHORIZATION:\tbearer  abc \r\n\r\nbody"
        #expect(
            read(scrape)
                == .complete(HTTPRequest(method: .get, path: Array("/metrics".utf8), token: Array("abc".utf8))))
        #expect(
            read("HEAD /healthz HTTP/1.0\r\n\r\n")
                == .complete(HTTPRequest(method: .head, path: Array("/healthz".utf8), token: nil)))
    }

    @Test(
        arguments: [
            ("POST / HTTP/1.1\r\nHost: a\r\n\r\n", HTTPAnswer.Status.methodNotAllowed),
            ("get / HTTP/1.1\r\nHost: a\r\n\r\n", .methodNotAllowed),
            ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", .versionNotSupported),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .versionNotSupported),
            ("GET / HTTP/1.1\r\n\r\n", .badRequest),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", .badRequest),
            ("GET / HTTP/1.1\nHost: a\r\n\r\n", .badRequest),
            ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest),
            ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .badRequest),
            ("GET /\r\nHost: a\r\n\r\n", .badRequest),
            ("GET /\u{1} HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest),
            ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", .badRequest),
            ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .badRequest),
            ("GET / HTTP/1.1\r\nHost: a\u{0}\r\n\r\n", .badRequest),
            ("GET / HTTP/1.1\r\nHost\r\n\r\n", .badRequest),
            ("\r\n\r\n", .badRequest), ("\u{16}\u{3}\u{1}", .badRequest),
            (
                "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "a: b\r\n", count: 64) + "\r\n",
                .fieldsTooLarge
            ),
            ("GET /" + String(repeating: "a", count: 9_000), .fieldsTooLarge),
        ])
    func refuses(_ text: String, _ status: HTTPAnswer.Status) {
        #expect(read(text) == .refused(status))
    }

    @Test func waitsForWhatIsNotWhole() {
        let whole = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer 12\r\n\r\n"
        for count in 0..<whole.utf8.count {
            #expect(HTTPRequest.read(Array(whole.utf8.prefix(count))) == .incomplete)
        }
    }

    @Test func trapsOnNothing() {
        var random = SeededRandom(seed: 8_080)
        let whole = Array("GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer 12\r\n\r\n".utf8)
        var complete = 0
        for _ in 0..<50_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            if case .complete = HTTPRequest.read(bytes) { complete += 1 }
        }
        #expect(complete > 1_000)
    }

    @Test func answersHeadWithoutABody() {
        let answer = HTTPAnswer(.methodNotAllowed)
        let whole = String(decoding: answer.bytes(for: .get), as: UTF8.self)
        let head = String(decoding: answer.bytes(for: .head), as: UTF8.self)
        #expect(whole == head + "method not allowed\n")
        #expect(head.contains("Allow: GET, HEAD\r\n") && head.contains("Content-Length: 19\r\n"))
    }
}
