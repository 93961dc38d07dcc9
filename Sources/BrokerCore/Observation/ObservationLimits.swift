/// Every bound of what the broker remembers about itself, each with its reason. [SD-6]
enum ObservationLimits {
    /// Topics with counters of their own, about 500 bytes each; the rest is counted together. [T-16]
    static let topics = 20_000
    /// The longest topic with counters of its own: 65,535 bytes each would be a gigabyte. [T-16]
    static let topicBytes = 1_024
    /// A day of a quiet installation, an hour of a lively one, about 3 MB.
    static let events = 10_000
    /// Merged refusals; one principal may hold this many of them. [AD-14]
    static let denials = 10_000
    static let denialsPerPrincipal = 200
    /// Different ones; more would push everything else out of the events.
    static let deniedEventsPerSecond = 20
    static let logLines = 2_000
    /// Clients that are gone and still listed: an hour of them, and no more than a large fleet has.
    static let departed = 10_000
    static let departedSeconds: Int64 = 3_600
    /// Of a text that came from a client: a topic of the worker policy fits. [AD-14]
    static let shownBytes = 256
    /// Fifteen minutes by the second, six hours by ten seconds.
    static let historySeconds = 900
    static let historyTens = 2_160
    /// Lines of one kind in one second; the rest is counted.
    static let linesPerKind = 50
    static let lineKinds = 256
    /// Remembered connects and takeovers of one client: more than any rule asks for.
    static let remembered = 32
}

/// When a client is called what, each with its reason.
enum StateRules {
    /// Silent for this many of its usual heartbeats, and not before some seconds.
    static let stuckHeartbeats: Int64 = 4
    static let stuckSilenceSeconds: Int64 = 10
    /// Heartbeats that make an interval usual.
    static let heartbeatsToKnow: Int64 = 3
    /// Connections beyond the first in five minutes.
    static let flaps = 3
    static let flapSeconds: Int64 = 300
    /// Takeovers within a minute: one is a worker that comes back before its old connection is known dead.
    static let takeovers = 2
    static let takeoverSeconds: Int64 = 60
    /// Refusals per minute that are worth an alert.
    static let deniedPerMinute = 5.0
}
