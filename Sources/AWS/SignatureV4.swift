import Crypto

/// Signs requests as AWS wants them signed: Signature Version 4, in the `Authorization` header.
///
/// The service decides what is signed: every header given, without those that a proxy may change.
package struct SignatureV4: Sendable {
    package var credentials: Credentials
    package var region: String
    package var service: String

    package init(_ credentials: Credentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// What is to be signed. The JSON protocol asks every service at `/` and without a query.
    package struct Request: Sendable {
        package var method: String
        /// With the port, if it is not the scheme's own.
        package var host: String
        package var headers: [(name: String, value: String)]
        package var body: [UInt8]

        package init(
            method: String, host: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []
        ) {
            self.method = method
            self.host = host
            self.headers = headers
            self.body = body
        }
    }

    /// The headers to send beside the request's own: `X-Amz-Date`, `X-Amz-Security-Token`, `Authorization`.
    package func headers(for request: Request, at time: SigningTime) -> [(name: String, value: String)] {
        var added = [(name: "X-Amz-Date", value: time.stamp)]
        if let token = credentials.sessionToken { added.append((name: "X-Amz-Security-Token", value: token)) }
        let signed = canonicalHeaders(request.headers + added + [(name: "host", value: request.host)])
        let names = signed.map(\.name).joined(separator: ";")
        let scope = "\(time.day)/\(region)/\(service)/aws4_request"
        let canonical = [
            request.method, "/", "",
            signed.map { "\($0.name):\($0.value)\n" }.joined(), names,
            Hexadecimal.text(SHA256.hash(data: request.body)),
        ].joined(separator: "\n")
        let text = [
            "AWS4-HMAC-SHA256", time.stamp, scope, Hexadecimal.text(SHA256.hash(data: Array(canonical.utf8))),
        ].joined(separator: "\n")
        var key = SymmetricKey(data: Array("AWS4\(credentials.secretAccessKey)".utf8))
        for part in [time.day, region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        let signature = Hexadecimal.text(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(signature)"
        return added + [(name: "Authorization", value: authorization)]
    }

    /// Headers that somebody on the way may change or add.
    private static let unsigned: Set<String> = ["expect", "transfer-encoding", "user-agent", "x-amzn-trace-id"]

    private func canonicalHeaders(_ headers: [(name: String, value: String)]) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for header in headers {
            let name = header.name.lowercased()
            guard !SignatureV4.unsigned.contains(name) else { continue }
            let words = header.value.utf8.split { $0 == 0x20 || (0x09...0x0D).contains($0) }
            values[name, default: []].append(words.map { String(Substring($0)) }.joined(separator: " "))
        }
        return values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            .map { (name: $0, value: values[$0, default: []].joined(separator: ",")) }
    }

    /// RFC 3986: everything but letters, digits and `-._~`, in upper-case hexadecimal.
    package static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), Hexadecimal.upper(byte >> 4), Hexadecimal.upper(byte & 15)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
