import FoundationEssentials
import NIOCore

/// Asks one AWS service in its JSON protocol: signs, sends, and says what an error means.
///
/// For one thread at a time; several requests may be on their way at once.
package final class AWSClient {
    /// `Sun, 22 Nov 2026 …` there and a clock that differs by more than this here: signatures are refused, in seconds.
    private static let tolerated: Int64 = 240

    private let endpoint: String
    private let host: String
    private let service: String
    private let region: String
    private let keeper: CredentialsKeeper
    private let transport: HTTPTransport
    /// Seconds since 1970, by the clock here.
    private let now: () -> Int64
    /// What the clock there is ahead of the one here, once a refused signature has told.
    private var skew: Int64 = 0

    /// `endpoint` is the scheme, the host and perhaps a port, without a slash at its end.
    package init(
        endpoint: String, service: String, configuration: AWSConfiguration, transport: HTTPTransport,
        readFile: @escaping (String) -> [UInt8]?, now: @escaping () -> Int64
    ) {
        self.endpoint = endpoint
        host = endpoint.split(separator: "/").last.map(String.init) ?? endpoint
        self.service = service
        region = configuration.region
        keeper = CredentialsKeeper(configuration, transport: transport, readFile: readFile)
        self.transport = transport
        self.now = now
    }

    /// One call of the JSON protocol (`application/x-amz-json-1.0`).
    package struct Call: Sendable {
        /// Such as `AmazonSQS.SendMessageBatch`.
        package var target: String
        package var body: [UInt8]

        package init(target: String, body: [UInt8]) {
            self.target = target
            self.body = body
        }
    }

    /// Signs and sends `call`; the future fails with an `AWSFailure` only. Blocks while there are no credentials yet.
    package func send(_ call: Call) -> EventLoopFuture<HTTPTransport.Answer> {
        send(call, as: credentials())
    }

    /// The same for several at once, all with the same credentials: if there are none, that is found out once.
    package func send(_ calls: [Call]) -> [EventLoopFuture<HTTPTransport.Answer>] {
        guard !calls.isEmpty else { return [] }
        let credentials = credentials()
        return calls.map { send($0, as: credentials) }
    }

    private func credentials() -> Result<Credentials, AWSFailure> {
        Result { () throws(AWSFailure) in try keeper.credentials(at: now() + skew) }
    }

    private func send(_ call: Call, as credentials: Result<Credentials, AWSFailure>)
        -> EventLoopFuture<HTTPTransport.Answer>
    {
        switch credentials {
        case .success(let credentials):
            let headers = [
                (name: "Content-Type", value: "application/x-amz-json-1.0"), (name: "X-Amz-Target", value: call.target),
            ]
            let request = SignatureV4.Request(method: "POST", host: host, headers: headers, body: call.body)
            let signed = SignatureV4(credentials, region: region, service: service)
                .headers(for: request, at: SigningTime(seconds: now() + skew))
            return transport.send(method: "POST", url: endpoint + "/", headers: headers + signed, body: call.body)
        case .failure(let failure): return transport.loop.makeFailedFuture(failure)
        }
    }

    /// The answer's body, or what its error means for the next try.
    package func result(of answer: HTTPTransport.Answer) -> Result<[UInt8], AWSFailure> {
        guard answer.status != 200 else { return .success(answer.body) }
        let said = (try? JSONDecoder().decode(Said.self, from: Data(answer.body))) ?? Said()
        let name = said.name ?? "status \(answer.status)"
        let kind = AWSClient.kind(of: name, status: answer.status)
        if kind == .denied || kind == .clockSkew {
            // A signature can also be wrong because the clock is: the answer tells what time it is there.
            if let there = answer.date.flatMap(SigningTime.init(httpDate:)),
                abs(there.seconds - now() - skew) > AWSClient.tolerated
            {
                skew = there.seconds - now()
                return .failure(AWSFailure(.clockSkew, "the clock here and that of \(host) differ by \(abs(skew)) s"))
            }
            keeper.forget()
        }
        // The service's own sentence may repeat what was signed with; its name says enough.
        return .failure(AWSFailure(kind, "\(host) answers \(name)"))
    }

    /// The error's name as the service writes it: `com.amazonaws.sqs#QueueDoesNotExist`.
    private struct Said: Decodable {
        var type: String?

        var name: String? { type?.split(separator: "#").last.map { String($0.prefix(80)) } }

        enum CodingKeys: String, CodingKey { case type = "__type" }
    }

    /// Whether an error's name says "too much at once", whoever's fault it calls that.
    package static func isThrottling(_ name: String) -> Bool {
        ["Throttl", "TooManyRequests", "SlowDown", "RequestLimitExceeded"].contains(where: name.contains)
    }

    private static func kind(of name: String, status: Int) -> AWSFailure.Kind {
        if status == 429 || isThrottling(name) { return .throttled }
        if status >= 500 { return .unavailable }
        let skewed = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]
        if skewed.contains(name) { return .clockSkew }
        let denied = [
            "AccessDenied", "InvalidClientTokenId", "UnrecognizedClient", "ExpiredToken", "InvalidSignature",
            "SignatureDoesNotMatch", "IncompleteSignature", "MissingAuthenticationToken", "InvalidAccessKeyId",
            "OptInRequired", "NotAuthorized", "InvalidSecurity",
        ]
        if status == 401 || status == 403 || denied.contains(where: name.contains) { return .denied }
        return .refused
    }
}
