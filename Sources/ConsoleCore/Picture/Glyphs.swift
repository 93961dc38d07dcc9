/// The characters that are not letters, in the two sets a terminal may know.
struct Glyphs: Equatable, Sendable {
    let unicode: Bool

    var horizontal: DisplayText { unicode ? "─" : "-" }
    var vertical: DisplayText { unicode ? "│" : "|" }
    var topLeft: DisplayText { unicode ? "┌" : "+" }
    var topRight: DisplayText { unicode ? "┐" : "+" }
    var bottomLeft: DisplayText { unicode ? "└" : "+" }
    var bottomRight: DisplayText { unicode ? "┘" : "+" }
    var bar: DisplayText { unicode ? "█" : "#" }
    /// Marks the selected row.
    var cursor: DisplayText { ">" }
    /// The write position of a sweep graph.
    var sweep: DisplayText { unicode ? "│" : "|" }

    /// Eight heights of a graph, the lowest for nothing at all.
    var levels: [DisplayText] {
        unicode ? ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] : [".", "-", "-", "=", "=", "+", "*", "#"]
    }
}
