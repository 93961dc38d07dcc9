/// One place on the screen.
package struct Cell: Equatable, Sendable {
    /// A base character and at most two combining marks; empty for the right half of a wide character.
    package var text: String
    package var style: Style

    package init(_ text: String = " ", _ style: Style = Style()) {
        self.text = text
        self.style = style
    }
}
