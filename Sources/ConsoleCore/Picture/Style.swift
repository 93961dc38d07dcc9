/// How a cell looks, by what it means: which colour that is, the terminal decides.
///
/// Nothing is said by colour alone: words first, attributes second, colour third.
package struct Style: Equatable, Hashable, Sendable {
    package enum Role: UInt8, Sendable, CaseIterable {
        case normal
        /// Labels, rules, what is of less weight.
        case quiet
        /// The names of columns and sections.
        case heading
        case good
        case warning
        case bad
        /// Ids and values a person looks for.
        case accent
        /// Graphs.
        case graph
    }

    package var role: Role
    package var bold: Bool
    package var reversed: Bool
    package var dimmed: Bool
    package var underlined: Bool

    package init(
        _ role: Role = .normal, bold: Bool = false, reversed: Bool = false, dimmed: Bool = false,
        underlined: Bool = false
    ) {
        self.role = role
        self.bold = bold
        self.reversed = reversed
        self.dimmed = dimmed
        self.underlined = underlined
    }
}
