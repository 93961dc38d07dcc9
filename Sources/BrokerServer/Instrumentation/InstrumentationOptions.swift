import Authority

/// Whether probes and scrapers are answered, where, and what a scraper from elsewhere has to show.
package struct InstrumentationOptions: Equatable, Sendable {
    /// Nil for port 8080 on all addresses, where the platform's own programs have it; port 0 for any free one.
    package var listen: HostAndPort?
    /// A secret, so it is never on a command line. [SD-10]
    package var token: String?
    /// The file that holds the token instead.
    package var tokenFile: String?

    package init(listen: HostAndPort? = nil, token: String? = nil, tokenFile: String? = nil) {
        self.listen = listen
        self.token = token
        self.tokenFile = tokenFile
    }

    /// Where the platform's own programs have it.
    static let port = 8_080

    /// How that port on all addresses is written.
    static let everywhere = "*:\(port)"

    static let acceptedToken = "accepted are 16 to 512 printable ASCII characters without blanks"

    static func accepts(_ token: some Collection<UInt8>) -> Bool {
        (16...512).contains(token.count) && token.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// The token's bytes, from where they are.
    func readToken() throws -> [UInt8]? {
        if let token { return Array(token.utf8) }
        guard let tokenFile else { return nil }
        var bytes = try File.read(tokenFile, atMost: 4_096, secret: true)
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard Self.accepts(bytes) else {
            throw ConfigurationError(
                key: "SIGNALBOX_INSTRUMENTATION_TOKEN_FILE", value: tokenFile, accepted: Self.acceptedToken)
        }
        return bytes
    }
}
