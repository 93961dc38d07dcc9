import AdminProtocol

/// What happens to a console.
package enum ConsoleMessage: Sendable {
    case key(Key)
    case resized(Size)
    /// The link to the broker was made; ask `hello` first.
    case linkUp
    /// It was lost, or could not be made: the reason, and when it is tried again.
    case linkDown(reason: String, attempt: Int, retryIn: Milliseconds)
    case answered(Answer)
    case streamed(StreamMessage)
    /// Time has passed; about ten times a second while something moves, once a second at rest.
    case elapsed
    /// Ctrl-c or SIGINT.
    case interrupted
}

/// What a console wants done.
package enum ConsoleCommand: Equatable, Sendable {
    case send(Request)
    /// Put this into the clipboard of the operator's terminal (OSC 52).
    case copy(String)
    /// Draw everything anew.
    case redraw
    case suspend
    /// Try the link now.
    case reconnect
    case quit
}
