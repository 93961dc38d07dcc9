/// A line of the log for a narrow place: what happened, why and where first, without the names of its fields.
///
/// `client gone connection=10.4.1.9:51822 reason=socket closed` is `client gone  socket closed  10.4.1.9:51822`.
struct BriefMessage: Equatable, Sendable {
    private struct Field: Equatable, Sendable {
        var name: Substring
        var value: String
    }

    private var head = ""
    private var fields: [Field] = []

    init(_ message: String) {
        for word in message.split(separator: " ") {
            if let name = Self.name(of: word) {
                fields.append(Field(name: name, value: String(word.dropFirst(name.count + 1))))
            } else if let last = fields.indices.last {
                fields[last].value += " " + word
            } else {
                head += (head.isEmpty ? "" : " ") + word
            }
        }
    }

    var text: String {
        let ordered = ["reason", "connection", "address"].flatMap { name in fields.filter { $0.name == name } }
        let others = fields.filter { field in !ordered.contains(field) }
        return ([head] + (ordered + others).map(\.value)).filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// What stands before `=`, if it is a field's name.
    private static func name(of word: Substring) -> Substring? {
        guard let end = word.firstIndex(of: "="), end > word.startIndex else { return nil }
        let name = word[..<end]
        return name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F } ? name : nil
    }
}
