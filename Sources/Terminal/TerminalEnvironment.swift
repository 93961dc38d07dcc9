/// What the environment says about the terminal, and what the operator asked for.
package struct TerminalEnvironment: Equatable, Sendable {
    /// Why there is no picture to be had here, as a sentence for the operator.
    package struct Refusal: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// The name of the terminal's description.
    package var name: String
    package var colors: Bool
    package var ascii: Bool
    /// What a refusal advises.
    package let instead: String

    /// - Parameters:
    ///   - variable: looks up a variable of the environment.
    ///   - instead: what to use where there is no picture to be had.
    package init(
        variable: (String) -> String?, colors: Bool = true, ascii: Bool = false,
        instead: String = "use `signalbox console --once`, or a list such as `signalbox workers`"
    ) throws(Refusal) {
        guard let name = variable("TERM"), !name.isEmpty else {
            throw Refusal(description: "TERM is not set, so nothing is known about this terminal; \(instead)")
        }
        guard name != "dumb" else {
            throw Refusal(description: "TERM=dumb cannot show a picture; \(instead)")
        }
        self.name = name
        // https://no-color.org: set to anything but nothing.
        self.colors = colors && (variable("NO_COLOR") ?? "").isEmpty
        self.ascii = ascii
        self.instead = instead
    }

    /// Whether a frame may be bracketed, so that it appears at once.
    ///
    /// A terminal ignores what it does not know, but multiplexers of some age do not.
    package var mayBracketFrames: Bool {
        let known = ["xterm", "alacritty", "foot", "kitty", "ghostty", "wezterm", "contour", "iterm"]
        return known.contains { name.hasPrefix($0) || name.hasSuffix($0) }
    }
}
