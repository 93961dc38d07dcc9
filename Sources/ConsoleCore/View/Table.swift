/// A column of a list: what it is called, how much room it needs, and when it has to leave.
struct Column<Row> {
    let title: DisplayText
    let width: Int
    /// How wide it may become if there is room; its width if it stays.
    let widest: Int
    let alignsRight: Bool
    /// 0 never leaves; the largest leaves first.
    let priority: Int
    /// The field the broker sorts by for this column, and whether the largest come first.
    let field: String?
    let descending: Bool
    let cell: (Row) -> Line

    /// Text, aligned left.
    static func text(
        _ title: DisplayText, _ width: Int, widest: Int? = nil, priority: Int, field: String? = nil,
        descending: Bool = false, _ cell: @escaping (Row) -> Line
    ) -> Column {
        Column(
            title: title, width: max(width, title.width), widest: max(widest ?? width, title.width), alignsRight: false,
            priority: priority, field: field, descending: descending, cell: cell)
    }

    /// A figure, aligned right.
    static func figure(
        _ title: DisplayText, _ width: Int, priority: Int, field: String? = nil, descending: Bool = true,
        _ cell: @escaping (Row) -> Line
    ) -> Column {
        Column(
            title: title, width: max(width, title.width), widest: max(width, title.width), alignsRight: true,
            priority: priority, field: field, descending: descending, cell: cell)
    }
}

/// The columns that fit into a width, and their lines.
struct Table<Row> {
    /// Left of the first column: the mark of the selected row.
    static var margin: Int { 2 }

    let columns: [Column<Row>]
    private let widths: [Int]
    private let gap: Int
    private let sorted: String?

    init(_ all: [Column<Row>], width: Int, sort: SortOrder?) {
        sorted = sort?.field
        let gap = width < 100 ? 1 : 2
        var columns = all
        func needed() -> Int {
            Self.margin + columns.reduce(0) { $0 + $1.width } + gap * max(0, columns.count - 1)
        }
        while needed() > width {
            let candidates = columns.indices.filter {
                columns[$0].priority > 0 && (sort == nil || columns[$0].field != sort?.field)
            }
            guard let leaving = candidates.max(by: { columns[$0].priority < columns[$1].priority }) else { break }
            columns.remove(at: leaving)
        }
        var rest = max(0, width - needed())
        widths = columns.map { column in
            let more = min(rest, column.widest - column.width)
            rest -= more
            return column.width + more
        }
        self.columns = columns
        self.gap = gap
    }

    var fields: [(field: String, descending: Bool)] {
        columns.compactMap { column in column.field.map { ($0, column.descending) } }
    }

    func title(of field: String) -> DisplayText? {
        columns.first { $0.field == field }?.title
    }

    func heading() -> Line {
        line(mark: "  ") { column in
            let isSorted = column.field != nil && column.field == sorted
            return Line(column.title, Style(.heading, bold: isSorted, underlined: isSorted))
        }
    }

    func line(of row: Row, isSelected: Bool, hasFocus: Bool, width: Int) -> Line {
        var line = line(mark: isSelected ? "> " : "  ") { $0.cell(row) }
        guard isSelected else { return line }
        line.advance(to: width)
        line.restyle { style in
            style = hasFocus ? Style(.normal, bold: style.bold, reversed: true) : Style(style.role, bold: true)
        }
        return line
    }

    private func line(mark: DisplayText, _ cell: (Column<Row>) -> Line) -> Line {
        var line = Line(mark)
        for (place, column) in columns.enumerated() {
            if place > 0 { line.advance(to: line.width + gap) }
            let width = widths[place]
            let start = line.width
            var content = cell(column)
            if content.width > width {
                content.cut(to: max(0, width - (width >= 8 ? 2 : 0)))
                if width >= 8 { content.add("..", Style(.quiet)) }
            }
            if column.alignsRight { line.advance(to: start + width - content.width) }
            line.add(content)
            line.advance(to: start + width)
        }
        return line
    }
}
