import AdminProtocol

/// What a client is doing, derived once, here; the worst that is true. [broker, 6]
extension ClientRecord {
    enum Stall: Equatable {
        /// Nothing was acknowledged since then, and so many messages wait.
        case queue(since: Int64, waiting: Int)
        /// Its last heartbeat, and how far apart they usually are, in nanoseconds.
        case silence(since: Int64, usually: Int64)
    }

    /// Why it is stuck; nil if it is not.
    func stall(at now: Moment, after patience: Milliseconds) -> Stall? {
        guard let connection else { return nil }
        if let session, let oldest = session.oldestWaiting {
            // Nobody can acknowledge before being connected, nor before there was something.
            let since = max(oldest.nanoseconds, lastAcknowledgedNanoseconds, connection.connectedAt.nanoseconds)
            if now.nanoseconds &- since >= patience * 1_000_000 {
                return .queue(since: since, waiting: session.queuedCount + session.inFlightCount)
            }
        }
        guard worker != nil, story.word.heartbeats >= StateRules.heartbeatsToKnow else { return nil }
        let usually = story.word.heartbeatInterval
        let tolerance = max(StateRules.stuckSilenceSeconds * 1_000_000_000, usually &* StateRules.stuckHeartbeats)
        let last = story.word.lastHeartbeat
        guard now.nanoseconds &- last >= tolerance else { return nil }
        return .silence(since: last, usually: usually)
    }

    func derivedState(at now: Moment, stuckAfter: Milliseconds) -> WorkerState {
        guard connection != nil else { return .gone }
        if stall(at: now, after: stuckAfter) != nil { return .stuck }
        if story.isFought(at: now) { return .take }
        if story.flaps(at: now) >= StateRules.flaps { return .flap }
        switch story.word.occupation {
        case .busy: return .busy
        case .idle: return .idle
        case .drained: return .drained
        case nil: return .ok
        }
    }

    /// The reason of a state that needs one, as a sentence.
    func why(at now: Moment, stuckAfter: Milliseconds) -> String? {
        switch state {
        case .stuck:
            switch stall(at: now, after: stuckAfter) {
            case .queue(let since, let waiting):
                return "\(waiting) \(waiting == 1 ? "message" : "messages") not acknowledged for "
                    + "\(Span.text(now.nanoseconds &- since)), pings still come"
            case .silence(let since, let usually):
                return "no heartbeat for \(Span.text(now.nanoseconds &- since)), usually every "
                    + "\(Span.text(usually)), pings still come"
            case nil: return nil
            }
        case .take: return "two connections fight for one id"
        case .flap: return "\(story.flaps(at: now)) reconnects in 5 min"
        case .gone: return story.lastDisconnect
        case .banned, .cordoned, .busy, .idle, .drained, .ok: return nil
        }
    }
}

/// A span of time in words that fit a column: `45s`, `12m31s`, `3h04m`, `2d10h`.
enum Span {
    static func text(_ nanoseconds: Int64) -> String {
        let seconds = max(0, nanoseconds) / 1_000_000_000
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3_600 { return "\(seconds / 60)m\(two(seconds % 60))s" }
        if seconds < 86_400 { return "\(seconds / 3_600)h\(two(seconds / 60 % 60))m" }
        return "\(seconds / 86_400)d\(two(seconds / 3_600 % 24))h"
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
