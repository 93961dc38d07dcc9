import AdminProtocol

/// What is known of a client beyond its counters: where it came from, what befell it, what it says of itself.
struct ClientStory {
    /// When it connected and when it was taken over, by `Moment.nanoseconds`, the newest last.
    private(set) var connects: [Int64] = []
    private(set) var takeovers: [Int64] = []
    private(set) var connections: Int64 = 0
    var denied: Int64 = 0
    var lastDenial: String?
    var lastDisconnect: String?
    var goneAt: Moment?
    /// Its last connection, for a client that is gone.
    var last: ConnectionFacts?
    var word = ClientWord()

    mutating func connected(at now: Moment) {
        connections &+= 1
        goneAt = nil
        ClientStory.remember(now, in: &connects)
        word.connected()
    }

    mutating func takenOver(at now: Moment) { ClientStory.remember(now, in: &takeovers) }

    /// Connections in the last five minutes beyond the first.
    func flaps(at now: Moment) -> Int {
        max(0, ClientStory.count(connects, within: StateRules.flapSeconds, at: now) - 1)
    }

    func isFought(at now: Moment) -> Bool {
        ClientStory.count(takeovers, within: StateRules.takeoverSeconds, at: now) >= StateRules.takeovers
    }

    private static func remember(_ now: Moment, in times: inout [Int64]) {
        if times.count >= ObservationLimits.remembered { times.removeFirst() }
        times.append(now.nanoseconds)
    }

    private static func count(_ times: [Int64], within seconds: Int64, at now: Moment) -> Int {
        guard let newest = times.last, now.nanoseconds &- newest <= seconds * 1_000_000_000 else { return 0 }
        return times.count { now.nanoseconds &- $0 <= seconds * 1_000_000_000 }
    }
}
