/// Bytes and text of others, made fit to be shown: nothing in it moves a cursor, hides or reorders text. [T-60]
///
/// Every control, format and separator character, and every byte that is not UTF-8, becomes `·`; what is longer than
/// the bound ends in `…`.
enum DisplayText {
    /// Long enough for a topic, short enough for a ring of thousands.
    static let bound = 256

    static func of(_ bytes: [UInt8], bound: Int = bound) -> String {
        if bytes.count <= bound, bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) {
            return String(decoding: bytes, as: UTF8.self)
        }
        return of(String(decoding: bytes.prefix(bound * 4), as: UTF8.self), bound: bound)
    }

    static func of(_ text: String, bound: Int = bound) -> String {
        if text.utf8.count <= bound, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        var shown = String.UnicodeScalarView()
        var length = 0
        for scalar in text.unicodeScalars {
            let safe = isHarmless(scalar) ? scalar : "\u{B7}"
            length += UTF8.width(safe)
            if length > bound {
                shown.append("\u{2026}")
                break
            }
            shown.append(safe)
        }
        return String(shown)
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: scalar != "\u{FFFD}"
        }
    }
}
