/// Text that may stand on a screen: the only text the drawing functions take.
///
/// Text from outside becomes one through the sanitiser; a literal of ours may be written directly. (T-31)
package struct DisplayText: Equatable, Sendable {
    /// One character per cell; an empty cell follows a character two cells wide.
    private(set) var cells: [String]

    /// Sanitises a text from outside.
    package init(_ outside: String) {
        cells = Sanitiser.cells(of: outside)
    }

    private init(cells: [String]) {
        self.cells = cells
    }

    package static let empty = DisplayText(cells: [])

    /// In cells.
    package var width: Int { cells.count }

    /// For what is written out line by line rather than drawn.
    package var text: String { cells.joined() }

    var isEmpty: Bool { cells.isEmpty }

    static func + (one: DisplayText, other: DisplayText) -> DisplayText {
        DisplayText(cells: one.cells + other.cells)
    }

    static func += (one: inout DisplayText, other: DisplayText) {
        one.cells += other.cells
    }

    /// The same text so many times.
    func repeated(_ count: Int) -> DisplayText {
        var all: [String] = []
        for _ in 0..<max(0, count) { all += cells }
        return DisplayText(cells: all)
    }

    /// At most so many cells from the front; never half a character.
    func prefix(_ width: Int) -> DisplayText {
        guard width < cells.count else { return self }
        var end = max(0, width)
        if end > 0, cells[end].isEmpty { end -= 1 }
        return DisplayText(cells: Array(cells[..<end]))
    }

    /// At most so many cells from the end; never half a character.
    func suffix(_ width: Int) -> DisplayText {
        guard width < cells.count else { return self }
        var start = cells.count - max(0, width)
        if start < cells.count, cells[start].isEmpty { start += 1 }
        return DisplayText(cells: Array(cells[start...]))
    }

    /// At most so many cells, with `..` at the end if something is left out.
    func shortened(to width: Int) -> DisplayText {
        guard cells.count > width else { return self }
        guard width > 4 else { return prefix(width) }
        return prefix(width - 2) + ".."
    }

    static func joined(_ texts: [DisplayText], by separator: DisplayText) -> DisplayText {
        var all = DisplayText.empty
        for (place, text) in texts.enumerated() {
            if place > 0 { all += separator }
            all += text
        }
        return all
    }
}

extension DisplayText: ExpressibleByStringInterpolation {
    package init(stringLiteral literal: StaticString) {
        cells = literal.withUTF8Buffer { Sanitiser.cells(of: String(decoding: $0, as: UTF8.self)) }
    }

    package init(stringInterpolation: Interpolation) {
        self = stringInterpolation.text
    }

    /// Takes literals of ours, whole numbers and texts that are sanitised already: no `String`.
    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = DisplayText.empty

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: StaticString) {
            text += DisplayText(stringLiteral: literal)
        }

        package mutating func appendInterpolation(_ other: DisplayText) {
            text += other
        }

        package mutating func appendInterpolation(_ number: Int) {
            text += DisplayText(String(number))
        }

        package mutating func appendInterpolation(_ number: Int64) {
            text += DisplayText(String(number))
        }
    }
}
