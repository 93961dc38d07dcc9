/// The file in which AWS tools keep keys, in sections of the form `[name]`.
package struct SharedCredentialsFile: Sendable {
    private var sections: [String: [String: String]] = [:]

    /// Lines that mean nothing are passed over, as the AWS tools do.
    package init(_ text: String) {
        var section = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let line = SharedCredentialsFile.trimmed(line)
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = SharedCredentialsFile.trimmed(line.dropFirst().dropLast())
            } else if !line.hasPrefix("#"), !line.hasPrefix(";"), let equals = line.firstIndex(of: "=") {
                let name = SharedCredentialsFile.trimmed(line[..<equals]).lowercased()
                sections[section, default: [:]][name] = SharedCredentialsFile.trimmed(
                    line[line.index(after: equals)...])
            }
        }
    }

    /// The keys of a profile; nil if it has none.
    package func credentials(of profile: String) -> Credentials? {
        guard let section = sections[profile], let id = section["aws_access_key_id"],
            let secret = section["aws_secret_access_key"]
        else { return nil }
        return Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: section["aws_session_token"])
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var rest = Substring(text)
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
