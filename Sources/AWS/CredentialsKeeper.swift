import FoundationEssentials
import NIOCore

/// Gets credentials where the configuration says, keeps them, and gets new ones before they end.
///
/// For one thread at a time; it blocks that thread while it asks.
package final class CredentialsKeeper {
    /// New ones are asked for when less than this is left, in seconds; old ones serve until their very end.
    private static let early: Int64 = 300
    /// Between two tries while old ones still serve, in seconds.
    private static let retry: Int64 = 10

    private let configuration: AWSConfiguration
    private let transport: HTTPTransport
    private let readFile: (String) -> [UInt8]?
    private var kept: Credentials?
    private var nextTry: Int64 = .min

    package init(
        _ configuration: AWSConfiguration, transport: HTTPTransport, readFile: @escaping (String) -> [UInt8]?
    ) {
        self.configuration = configuration
        self.transport = transport
        self.readFile = readFile
    }

    /// Credentials that are good at `now` (seconds since 1970).
    package func credentials(at now: Int64) throws(AWSFailure) -> Credentials {
        if let kept, kept.expiresAt.map({ now < $0 - CredentialsKeeper.early }) ?? true { return kept }
        let stillServes = kept?.expiresAt.map { now < $0 } ?? false
        if let kept, stillServes, now < nextTry { return kept }
        nextTry = now + CredentialsKeeper.retry
        do throws(AWSFailure) {
            let fresh = try ask(at: now)
            kept = fresh
            return fresh
        } catch {
            if let kept, stillServes { return kept }
            throw error
        }
    }

    /// The service would not have them: the next call asks anew.
    package func forget() {
        kept = nil
    }

    private func ask(at now: Int64) throws(AWSFailure) -> Credentials {
        switch configuration.source {
        case .fixed(let credentials): return credentials
        case .sharedFile(let path, let profile):
            guard let file = SharedCredentialsFile(try text(of: path)).credentials(of: profile) else {
                throw AWSFailure(.denied, "\(path) has no keys under [\(profile)]")
            }
            return file
        case .webIdentity(let role, let tokenFile, let session):
            return try assumeRole(role, session: session, token: try word(in: tokenFile))
        case .container(let url, let token, let tokenFile):
            var authorization = token
            if let tokenFile { authorization = try word(in: tokenFile) }
            let headers = authorization.map { [(name: "Authorization", value: $0)] } ?? []
            return try decode(send("GET", url, headers), "the container's agent")
        case .instance(let url): return try instance(url)
        }
    }

    private func assumeRole(_ role: String, session: String, token: String) throws(AWSFailure) -> Credentials {
        let form = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
            ("RoleSessionName", session), ("WebIdentityToken", token),
        ].map { "\($0.0)=\(SignatureV4.encoded($0.1))" }.joined(separator: "&")
        let answer = try send(
            "POST", configuration.securityTokenService + "/",
            [(name: "Content-Type", value: "application/x-www-form-urlencoded")], Array(form.utf8))
        let xml = String(decoding: answer, as: UTF8.self)
        guard let id = CredentialsKeeper.element("AccessKeyId", of: xml),
            let secret = CredentialsKeeper.element("SecretAccessKey", of: xml),
            let token = CredentialsKeeper.element("SessionToken", of: xml),
            let end = CredentialsKeeper.element("Expiration", of: xml).flatMap({ SigningTime(iso8601: $0) })
        else { throw AWSFailure(.unavailable, "the security token service did not answer with keys") }
        return Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiresAt: end.seconds)
    }

    private func instance(_ url: String) throws(AWSFailure) -> Credentials {
        let lifetime = [(name: "X-aws-ec2-metadata-token-ttl-seconds", value: "21600")]
        let token = String(decoding: try send("PUT", url + "/latest/api/token", lifetime), as: UTF8.self)
        let headers = [(name: "X-aws-ec2-metadata-token", value: token)]
        let roles = url + "/latest/meta-data/iam/security-credentials/"
        let role = String(decoding: try send("GET", roles, headers), as: UTF8.self).split(separator: "\n").first
        guard let role else { throw AWSFailure(.denied, "this machine has no role") }
        return try decode(send("GET", roles + SignatureV4.encoded(String(role)), headers), "the metadata service")
    }

    private struct Keys: Decodable {
        var accessKeyID: String
        var secretAccessKey: String
        var token: String?
        var expiration: String?

        enum CodingKeys: String, CodingKey {
            case accessKeyID = "AccessKeyId"
            case secretAccessKey = "SecretAccessKey"
            case token = "Token"
            case expiration = "Expiration"
        }
    }

    private func decode(_ bytes: [UInt8], _ who: String) throws(AWSFailure) -> Credentials {
        guard let keys = try? JSONDecoder().decode(Keys.self, from: Data(bytes)) else {
            throw AWSFailure(.unavailable, "\(who) did not answer with keys")
        }
        return Credentials(
            accessKeyID: keys.accessKeyID, secretAccessKey: keys.secretAccessKey, sessionToken: keys.token,
            expiresAt: keys.expiration.flatMap { SigningTime(iso8601: $0)?.seconds })
    }

    private func text(of path: String) throws(AWSFailure) -> String {
        guard let bytes = readFile(path) else { throw AWSFailure(.denied, "\(path) cannot be read") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A token file ends in a newline or not.
    private func word(in path: String) throws(AWSFailure) -> String {
        try text(of: path).split(whereSeparator: \.isWhitespace).joined()
    }

    private func send(
        _ method: String, _ url: String, _ headers: [(name: String, value: String)], _ body: [UInt8] = []
    ) throws(AWSFailure) -> [UInt8] {
        let answer: HTTPTransport.Answer
        do {
            answer = try transport.send(
                method: method, url: url, headers: headers, body: body, within: .seconds(5)
            ).wait()
        } catch let failure as AWSFailure {
            throw AWSFailure(failure.kind, "no credentials: \(failure.description)")
        } catch {
            throw AWSFailure(.unavailable, "no credentials: \(error)")
        }
        // The answer's text may hold a secret: only its status is told.
        guard answer.status == 200 else {
            throw AWSFailure(
                answer.status >= 500 ? .unavailable : .denied, "no credentials: the answer was \(answer.status)")
        }
        return answer.body
    }

    private static func element(_ name: String, of xml: String) -> String? {
        guard let start = xml.firstRange(of: "<\(name)>"), let end = xml.firstRange(of: "</\(name)>"),
            start.upperBound <= end.lowerBound
        else { return nil }
        return String(xml[start.upperBound..<end.lowerBound])
    }
}
