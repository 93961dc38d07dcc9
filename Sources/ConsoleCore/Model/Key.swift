/// A key as the terminal reports it.
package enum Key: Hashable, Sendable {
    case character(Unicode.Scalar)
    /// `control("d")` for Ctrl-d.
    case control(Unicode.Scalar)
    case up
    case down
    case left
    case right
    case controlLeft
    case controlRight
    case pageUp
    case pageDown
    case home
    case end
    case enter
    case escape
    case tab
    case backTab
    case backspace
    case delete
    case insert
    case function(Int)
    /// Text pasted in brackets: never a command.
    case paste(String)
}
