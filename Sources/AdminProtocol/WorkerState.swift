/// What a worker is doing, derived once, in the broker; the worst that is true.
package enum WorkerState: String, Codable, Sendable, CaseIterable {
    /// Connected, but its queue has not moved or its own rhythm has stopped for several times its usual interval.
    case stuck = "STUCK"
    /// Two connections fight for one id.
    case take = "TAKE"
    /// It reconnects again and again.
    case flap = "FLAP"
    case banned = "BANNED"
    case cordoned = "CORDONED"
    /// By its own word.
    case busy
    /// By its own word.
    case idle
    /// By its own word.
    case drained
    /// Connected, and it says nothing of itself.
    case ok
    /// Not connected.
    case gone
}
