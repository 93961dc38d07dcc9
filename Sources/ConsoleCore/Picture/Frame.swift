/// A picture of the whole screen: what `ConsoleModel.view` returns and a terminal draws.
package struct Frame: Equatable, Sendable {
    package let size: Size
    /// Row by row; always `columns * rows` of them.
    package var cells: [Cell]
    /// Where the text cursor stands, if it is to be seen.
    package var cursor: (column: Int, row: Int)?

    package init(size: Size) {
        self.size = size
        cells = Array(repeating: Cell(), count: max(0, size.columns) * max(0, size.rows))
    }

    package subscript(column: Int, row: Int) -> Cell {
        cells[row * size.columns + column]
    }

    /// The rows as text, without trailing spaces; for tests and for `--linear`.
    package var text: String {
        (0..<size.rows).map { row in
            var line = (0..<size.columns).map { self[$0, row].text }.joined()
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    package static func == (one: Frame, other: Frame) -> Bool {
        one.size == other.size && one.cells == other.cells && one.cursor?.column == other.cursor?.column
            && one.cursor?.row == other.cursor?.row
    }
}
