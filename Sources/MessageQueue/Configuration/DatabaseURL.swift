import CLibpq

/// How a PostgreSQL database is reached: a connection URI or `key=value` words, as libpq takes them.
package struct DatabaseURL: Equatable, Sendable {
    private let secret: Secret

    /// Nil if libpq does not understand it. Its own words about that may quote the password, and are not kept.
    package init?(_ text: String) {
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") || text.contains("="),
            DatabaseURL.parse(text) != nil
        else { return nil }
        secret = Secret(text)
    }

    /// The first parameter of a URI that libpq does not know, such as another driver's `pool_max_conns`; nil if that is
    /// not what is wrong with it, or if it could be a part of a password.
    package static func unknownParameter(in text: String) -> String? {
        guard let mark = text.firstIndex(of: "?"), !text[mark...].contains("@") else { return nil }
        let known = keywords
        return text[text.index(after: mark)...].split(separator: "&").lazy
            .map { String($0.prefix { $0 != "=" }) }
            .first { name in
                !known.contains(name) && name.utf8.count <= 40
                    && name.utf8.allSatisfy {
                        (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x5F
                    }
            }
    }

    /// All that libpq knows, and what it takes for the sake of Java.
    private static var keywords: Set<String> {
        guard let options = PQconninfoParse("", nil) else { return [] }
        defer { PQconninfoFree(options) }
        var found: Set = ["ssl"]
        var place = options
        while let keyword = place.pointee.keyword {
            found.insert(String(cString: keyword))
            place += 1
        }
        return found
    }

    /// What it says, by libpq's keywords, the password among it.
    func parameters() -> [(keyword: String, value: String)] {
        (DatabaseURL.parse(secret.reveal()) ?? []).map { ($0.keyword, $0.value) }
    }

    /// Words that must not appear in a log, longest first.
    private var secrets: [String] {
        (DatabaseURL.parse(secret.reveal()) ?? []).filter(\.isSecret).map(\.value).filter { !$0.isEmpty }
            .sorted { $0.utf8.count > $1.utf8.count }
    }

    /// `text` without the password, wherever libpq or the server may have put it.
    func redacting(_ text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: "***") }
    }

    private struct Option {
        let keyword: String
        let value: String
        let isSecret: Bool
    }

    /// Only what the text itself says: nothing of libpq's defaults or of the environment.
    private static func parse(_ text: String) -> [Option]? {
        guard let options = PQconninfoParse(text, nil) else { return nil }
        defer { PQconninfoFree(options) }
        var found: [Option] = []
        var place = options
        while let keyword = place.pointee.keyword {
            if let value = place.pointee.val {
                // libpq marks with * what a dialog would hide.
                let shown = place.pointee.dispchar.map { String(cString: $0) } ?? ""
                found.append(
                    Option(
                        keyword: String(cString: keyword), value: String(cString: value),
                        isSecret: shown.hasPrefix("*")))
            }
            place += 1
        }
        return found
    }
}

extension DatabaseURL: CustomStringConvertible, CustomReflectable {
    /// In `key=value` words that can be read again, except for the password, which is `***`.
    package var description: String {
        (DatabaseURL.parse(secret.reveal()) ?? []).map { option in
            let value = option.isSecret ? "***" : option.value
            let plain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x27 && $0 != 0x5C && $0 < 0x7F }
            guard !plain else { return "\(option.keyword)=\(value)" }
            let quoted = value.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
            return "\(option.keyword)='\(quoted)'"
        }.joined(separator: " ")
    }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
