import AdminProtocol

/// What is known of a client beyond its counters: where it came from, what befell it, what it says of itself.
struct ClientStory {
    /// When it connected and when it was taken over, by `Moment.nanoseconds`, the newest last.
    var connects: [Int64] = []
    var takeovers: [Int64] = []
    var connections: Int64 = 0
    var denied: Int64 = 0
    var lastDenial: String?
    var lastDisconnect: String?
    var goneAt: Moment?
    /// Its last connection, for a client that is gone.
    var last: ConnectionFacts?
    var word = ClientWord()
}
