/// What the terminal can show.
package struct Capabilities: Equatable, Sendable {
    /// Block and box characters; otherwise `. - = + * #` and `|`.
    package var unicode: Bool

    package init(unicode: Bool = true) {
        self.unicode = unicode
    }
}
