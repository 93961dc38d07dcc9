/// Text that is never shown: every way to print the value prints `***`. [SD-10]
package struct Secret: Equatable, Sendable {
    private let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// What it is, for the one call that needs it.
    package func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }
    package var debugDescription: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
