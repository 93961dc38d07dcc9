/// Where workers reach the broker: `[tls://]host:port`.
package struct Endpoint: Equatable, Sendable, CustomStringConvertible {
    /// A DNS name without its trailing dot, an IPv4 address, or an IPv6 address without brackets.
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Parses what `MQTT_BROKER_ENDPOINT` may say; a trailing dot of the host is left out.
    package init(_ text: String) throws(AuthorityError) {
        let accepted = "accepted is [tls://]host:port with a port from 1 to 65535"
        var rest = Substring(text)
        if rest.hasPrefix("tls://") { rest = rest.dropFirst("tls://".count) }
        guard let colon = rest.lastIndex(of: ":") else {
            throw AuthorityError("endpoint \"\(text)\" names no port; \(accepted)")
        }
        let digits = rest[rest.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(digits), (1...65_535).contains(port)
        else { throw AuthorityError("endpoint \"\(text)\" has no usable port; \(accepted)") }
        // The platform's own HTTP server listens there.
        guard port != 1983 else {
            throw AuthorityError("endpoint \"\(text)\" uses port 1983, which is the platform's HTTP server; take 1984")
        }
        var host = rest[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard IPAddress(String(host)) != nil else {
                throw AuthorityError("endpoint \"\(text)\" has no usable IPv6 address; \(accepted)")
            }
        } else {
            if host.hasSuffix(".") { host = host.dropLast() }
            guard Endpoint.isHost(host) else {
                throw AuthorityError("endpoint \"\(text)\" has no usable host; \(accepted)")
            }
        }
        self.init(host: String(host), port: port)
    }

    /// As workers are told it.
    package var description: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "tls://[\(host)]:\(port)" : "tls://\(host):\(port)"
    }

    /// Letters, digits, hyphens and underscores between single dots, at most 253 bytes.
    private static func isHost(_ text: Substring) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count)
                && label.allSatisfy { byte in
                    switch byte {
                    case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                    default: false
                    }
                }
        }
    }
}
