import ConsoleCore

/// Rows in aligned columns, for a command's output: no colour, no lines, nothing a terminal would obey.
struct TextTable: Equatable {
    struct Column: Equatable {
        enum Side: Equatable {
            case left
            /// For numbers.
            case right
        }

        var title: DisplayText
        var side: Side

        static func left(_ title: DisplayText) -> Column { Column(title: title, side: .left) }
        static func right(_ title: DisplayText) -> Column { Column(title: title, side: .right) }
    }

    var columns: [Column]
    var rows: [[DisplayText]]

    /// Titles, then rows; two spaces between columns, and none at the end of a line.
    var text: String {
        let widths = columns.indices.map { place in
            rows.reduce(columns[place].title.width) { max($0, place < $1.count ? $1[place].width : 0) }
        }
        return ([columns.map(\.title)] + rows).map { line($0, widths) }.joined(separator: "\n")
    }

    /// `text` in a column of its own, for rows that are printed one by one.
    static func padded(_ text: DisplayText, _ width: Int) -> String {
        text.text + String(repeating: " ", count: max(0, width - text.width))
    }

    private func line(_ cells: [DisplayText], _ widths: [Int]) -> String {
        var line = ""
        for (place, cell) in cells.enumerated() where place < columns.count {
            let padding = String(repeating: " ", count: widths[place] - cell.width)
            line += columns[place].side == .right ? padding + cell.text : cell.text + padding
            line += "  "
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
