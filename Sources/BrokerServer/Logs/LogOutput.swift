/// Where log lines go.
package enum LogOutput: Sendable {
    case standardOutput
    /// To a file descriptor that the caller owns.
    case descriptor(Int32)
    /// Nowhere but into the console's ring: the demo owns the terminal.
    case none
}
