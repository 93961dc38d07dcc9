/// One row of the picture, built from left to right.
struct Line: Equatable, Sendable {
    private(set) var cells: [Cell] = []

    init() {}

    init(_ text: DisplayText, _ style: Style = Style()) {
        add(text, style)
    }

    var width: Int { cells.count }

    mutating func add(_ text: DisplayText, _ style: Style = Style()) {
        for cell in text.cells { cells.append(Cell(cell, style)) }
    }

    mutating func add(_ other: Line) {
        cells += other.cells
    }

    func adding(_ text: DisplayText, _ style: Style = Style()) -> Line {
        var line = self
        line.add(text, style)
        return line
    }

    /// Goes on at this column: blanks up to it, or nothing beyond it.
    mutating func advance(to column: Int, _ style: Style = Style()) {
        cut(to: column)
        while cells.count < column { cells.append(Cell(" ", style)) }
    }

    /// Leaves out what is beyond this width; half a wide character goes as well.
    mutating func cut(to width: Int) {
        guard cells.count > width else { return }
        var end = max(0, width)
        if end > 0, cells[end].text.isEmpty { end -= 1 }
        cells.removeSubrange(end...)
    }

    /// Ends at the right edge with this text, which covers what stands there.
    mutating func end(with other: Line, at width: Int) {
        advance(to: max(0, width - other.width))
        add(other)
        cut(to: width)
    }

    mutating func restyle(_ change: (inout Style) -> Void) {
        for place in cells.indices { change(&cells[place].style) }
    }

    func restyled(_ change: (inout Style) -> Void) -> Line {
        var line = self
        line.restyle(change)
        return line
    }
}
