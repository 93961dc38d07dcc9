import CTerminal
import ConsoleCore

/// Which colour and attributes a style has, for terminals of 256 colours, of 8, and of none.
///
/// The colours of meaning come from the basic eight, which themes make readable on dark and light backgrounds alike;
/// whatever a colour says, a word or an attribute says too.
package struct Palette: Equatable, Sendable {
    package enum Depth: Equatable, Sendable {
        case none
        case eight
        case many
    }

    /// What a terminal is told about a run of cells.
    package struct Appearance: Equatable, Sendable {
        /// An index into the terminal's palette; nil is the terminal's own foreground.
        package var foreground: Int?
        package var bold = false
        package var reversed = false
        package var dimmed = false
        package var underlined = false
    }

    package let depth: Depth

    package init(colors: Int) {
        depth = colors >= 256 ? .many : colors >= 8 ? .eight : .none
    }

    package func appearance(of style: Style) -> Appearance {
        var appearance = Appearance(
            foreground: foreground(of: style.role), bold: style.bold, reversed: style.reversed, dimmed: style.dimmed,
            underlined: style.underlined)
        switch style.role {
        case .quiet: appearance.dimmed = true
        case .heading: appearance.bold = true
        case .bad: appearance.bold = appearance.bold || depth == .none
        case .normal, .good, .warning, .accent, .graph: break
        }
        // What is dim and reversed cannot be read on half of all terminals; bold and dim together mean nothing.
        if appearance.reversed || appearance.bold { appearance.dimmed = false }
        // Old data is dim as a whole: colours that shout would say it is news.
        if style.dimmed, !style.reversed { appearance.foreground = nil }
        return appearance
    }

    private func foreground(of role: Style.Role) -> Int? {
        guard depth != .none else { return nil }
        return switch role {
        case .normal, .quiet, .heading: nil
        case .good: 2
        case .warning: 3
        case .bad: 1
        case .accent: 6
        // The eighth blue is unreadable on black; a steel blue reads on both.
        case .graph: depth == .many ? 67 : 6
        }
    }
}

extension Palette.Appearance {
    /// As CTerminal's attribute bits.
    var attributes: Int32 {
        var bits = 0
        if bold { bits |= CT_BOLD }
        if reversed { bits |= CT_REVERSE }
        if dimmed { bits |= CT_DIM }
        if underlined { bits |= CT_UNDERLINE }
        return Int32(bits)
    }
}
