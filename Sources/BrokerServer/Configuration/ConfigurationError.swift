/// Why a configuration is refused: which key, what it says, and what is accepted. [SD-3]
package struct ConfigurationError: Error, Equatable, Sendable {
    package let key: String
    /// Nil if it was not set; `***` if it is a secret.
    package let value: String?
    package let accepted: String

    package init(key: String, value: String?, accepted: String) {
        self.key = key
        self.value = value
        self.accepted = accepted
    }
}

extension ConfigurationError: CustomStringConvertible {
    /// One sentence for standard error; what came from outside is quoted and cut.
    package var description: String {
        // What is accepted may name a file as it was given.
        let accepted = Quoted.harmless(accepted.unicodeScalars)
        guard let value else { return "\(key) is not set: \(accepted)" }
        return "\(key)=\(Quoted(value)): \(accepted)"
    }
}

/// Text from the environment, made fit for a terminal: control characters become `?`, and it is cut at 80 characters.
struct Quoted: CustomStringConvertible {
    let description: String

    init(_ text: String) {
        let cut = text.unicodeScalars.count > 80 ? "…" : ""
        description = "\"" + Quoted.harmless(text.unicodeScalars.prefix(80)) + cut + "\""
    }

    static func harmless(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        let shown = scalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: "?"
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(shown))
    }
}
