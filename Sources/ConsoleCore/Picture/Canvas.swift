/// A frame being drawn: everything that reaches it is clipped to it, and no wide character is ever cut in half.
struct Canvas {
    private(set) var frame: Frame
    private let unicode: Bool

    init(size: Size, unicode: Bool) {
        frame = Frame(size: size)
        self.unicode = unicode
    }

    /// Draws a line; what does not fit into `width` columns is left out.
    mutating func put(_ line: Line, column: Int, row: Int, width: Int = .max) {
        guard row >= 0, row < frame.size.rows else { return }
        let right = width > frame.size.columns - column ? frame.size.columns : column + width
        for (offset, cell) in line.cells.enumerated() {
            let at = column + offset
            guard at >= 0, at < right else { continue }
            let next = offset + 1 < line.cells.count && line.cells[offset + 1].text.isEmpty
            if next, at + 1 >= right {
                set(Cell(" ", cell.style), column: at, row: row)
            } else if cell.text.isEmpty, at == max(0, column), offset > 0 {
                set(Cell(" ", cell.style), column: at, row: row)
            } else {
                set(shown(cell, isWide: next), column: at, row: row)
            }
        }
    }

    mutating func putCursor(column: Int, row: Int) {
        guard column >= 0, row >= 0, column < frame.size.columns, row < frame.size.rows else { return }
        frame.cursor = (column, row)
    }

    /// Says by its look that a row is not of now.
    mutating func dim(rows: Range<Int>) {
        for row in rows.clamped(to: 0..<max(0, frame.size.rows)) {
            for column in 0..<frame.size.columns {
                frame.cells[row * frame.size.columns + column].style.dimmed = true
            }
        }
    }

    /// A terminal without Unicode gets `?` for what it cannot show.
    private func shown(_ cell: Cell, isWide: Bool) -> Cell {
        guard !unicode, !cell.text.utf8.allSatisfy({ $0 < 0x80 }) || cell.text.isEmpty else { return cell }
        return Cell("?", cell.style)
    }

    private mutating func set(_ cell: Cell, column: Int, row: Int) {
        let place = row * frame.size.columns + column
        // A right half that loses its left, or a left its right, becomes a blank.
        if frame.cells[place].text.isEmpty, !cell.text.isEmpty, column > 0 {
            frame.cells[place - 1].text = " "
        }
        if column + 1 < frame.size.columns, frame.cells[place + 1].text.isEmpty {
            frame.cells[place + 1].text = " "
        }
        frame.cells[place] = cell
    }
}
