import ConsoleCore
import FoundationEssentials

/// A stored body for a person: the JSON behind its base64, on one line, safe for a terminal.
enum QueueBody {
    /// As much as a person reads in a table.
    static let longest = 200

    static func text(_ body: [UInt8]) -> DisplayText {
        let bytes = Data(base64Encoded: Data(body)).map { Array($0) } ?? body
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.count > longest else { return DisplayText(text) }
        return "\(DisplayText(String(text.prefix(longest))))…"
    }
}
