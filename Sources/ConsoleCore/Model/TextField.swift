/// A line of text the operator types.
struct TextField: Equatable, Sendable {
    private(set) var text = ""
    /// In bytes of UTF-8, as the protocol bounds it.
    let limit: Int

    init(_ text: String = "", limit: Int) {
        self.limit = limit
        insert(text)
    }

    /// Without surrounding spaces.
    var trimmed: String {
        var view = text[...]
        while view.first == " " { view.removeFirst() }
        while view.last == " " { view.removeLast() }
        return String(view)
    }

    /// Takes what can be seen; a line break becomes a space, anything else that controls is left out.
    mutating func insert(_ new: String) {
        for scalar in new.unicodeScalars {
            let scalar: Unicode.Scalar = scalar == "\n" || scalar == "\t" ? " " : scalar
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) { continue }
            var longer = text
            longer.unicodeScalars.append(scalar)
            guard longer.utf8.count <= limit else { return }
            text = longer
        }
    }

    /// True if the key was one of editing.
    mutating func take(_ key: Key) -> Bool {
        switch key {
        case .character(let scalar): insert(String(Character(scalar)))
        case .paste(let pasted): insert(pasted)
        case .backspace, .control("h"): if !text.isEmpty { text.removeLast() }
        case .control("u"): text = ""
        case .control("w"):
            while text.last == " " { text.removeLast() }
            while let last = text.last, last != " " { text.removeLast() }
        case .control, .up, .down, .left, .right, .controlLeft, .controlRight, .pageUp, .pageDown, .home, .end,
            .enter, .escape, .tab, .backTab, .delete, .insert, .function:
            return false
        }
        return true
    }
}
