import AWS
import HTTPSupport
import NIOCore
import Testing

struct AWSClientTests {
    /// What a client at 1970-01-01T00:00:00 makes of each of `replies` in turn.
    private func results(
        _ replies: [FakeHTTPServer.Reply], _ check: ([FakeHTTPServer.Request]) -> Void = { _ in }
    ) throws -> [Result<[UInt8], AWSFailure>] {
        let turn = Counter()
        let server = try FakeHTTPServer { _ in replies[min(turn.next(), replies.count - 1)] }
        defer { server.stop() }
        let transport = try HTTPTransport()
        defer { transport.stop() }
        let configuration = AWSConfiguration(
            region: "eu-west-1", source: .fixed(Credentials(accessKeyID: "id", secretAccessKey: "secret")))
        let client = AWSClient(
            endpoint: server.url, service: "sqs", configuration: configuration, transport: transport,
            readFile: { _ in nil }, now: { 0 })
        let results = replies.map { _ -> Result<[UInt8], AWSFailure> in
            do {
                return client.result(of: try client.send(.init(target: "AmazonSQS.X", body: Array("{}".utf8))).wait())
            } catch let failure as AWSFailure {
                return .failure(failure)
            } catch {
                return .failure(AWSFailure(.refused, "not a failure of ours: \(error)"))
            }
        }
        check(server.requests)
        return results
    }

    @Test func sendsASignedCallOfTheJSONProtocol() throws {
        let results = try results([.answer(status: 200, body: "{}")]) { requests in
            #expect(requests.count == 1)
            #expect(requests.first?.headers["x-amz-target"] == "AmazonSQS.X")
            #expect(requests.first?.headers["content-type"] == "application/x-amz-json-1.0")
            #expect(requests.first?.headers["x-amz-date"] == "19700101T000000Z")
            #expect(
                requests.first?.headers["authorization"]?.hasPrefix(
                    "AWS4-HMAC-SHA256 Credential=id/19700101/eu-west-1/sqs/") == true)
        }
        #expect(results == [.success(Array("{}".utf8))])
    }

    @Test func asksForCredentialsOnceForAllCallsThatLeaveTogether() throws {
        let server = try FakeHTTPServer { _ in .answer(status: 500, body: "") }
        defer { server.stop() }
        let transport = try HTTPTransport()
        defer { transport.stop() }
        let configuration = AWSConfiguration(
            region: "eu-west-1", source: .container(url: server.url, token: nil, tokenFile: nil))
        let client = AWSClient(
            endpoint: server.url, service: "sqs", configuration: configuration, transport: transport,
            readFile: { _ in nil }, now: { 0 })
        let call = AWSClient.Call(target: "AmazonSQS.X", body: Array("{}".utf8))
        let answers = client.send([call, call, call])
        #expect(answers.count == 3)
        for answer in answers {
            let failure = #expect(throws: AWSFailure.self) { try answer.wait() }
            #expect(failure?.description == "no credentials: the answer was 500")
        }
        #expect(server.requests.count == 1)
        #expect(client.send([]).isEmpty)
    }

    @Test func sortsErrorsByWhatCanBeDone() throws {
        let table: [(FakeHTTPServer.Reply, AWSFailure.Kind)] = [
            (.answer(status: 400, body: #"{"__type":"com.amazonaws.sqs#RequestThrottled"}"#), .throttled),
            (.answer(status: 503, body: ""), .unavailable),
            (.answer(status: 400, body: #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}"#), .refused),
            (.answer(status: 403, body: #"{"__type":"AccessDeniedException","message":"secret"}"#), .denied),
            (.answer(status: 429, body: "<html>"), .throttled),
            (.drop, .unavailable),
        ]
        for (reply, kind) in table {
            guard case .failure(let failure)? = try results([reply]).first else {
                Issue.record("no failure")
                continue
            }
            #expect(failure.kind == kind)
            #expect(!failure.description.contains("secret"))
        }
    }

    @Test func followsTheClockOfTheServiceOnceItRefused() throws {
        let refusal = FakeHTTPServer.Reply.answer(
            status: 403, headers: ["Date": "Thu, 01 Jan 1970 02:00:00 GMT"],
            body: #"{"__type":"com.amazon.coral.service#InvalidSignatureException"}"#)
        let results = try results([refusal, .answer(status: 200, body: "ok"), refusal]) { requests in
            #expect(
                requests.map { $0.headers["x-amz-date"] ?? "" } == [
                    "19700101T000000Z", "19700101T020000Z", "19700101T020000Z",
                ])
        }
        #expect(results[0].failure?.kind == .clockSkew)
        #expect(results[1] == .success(Array("ok".utf8)))
        // The clocks agree now: the signature is wrong for another reason.
        #expect(results[2].failure?.kind == .denied)
    }
}

extension Result {
    fileprivate var failure: Failure? {
        guard case .failure(let failure) = self else { return nil }
        return failure
    }
}
