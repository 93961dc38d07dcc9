import AdminProtocol

/// Which log lines are written: the configured level, and the exceptions from it while they last.
struct LogGate {
    let configured: LogLevel
    /// The most talkative level anywhere: one comparison settles almost every question.
    private(set) var loudest: LogLevel

    init(configured: LogLevel) {
        self.configured = configured
        loudest = configured
    }

    func lets(_ level: LogLevel, _ subsystem: Subsystem, _ client: ClientRecord?) -> Bool {
        level.rank <= loudest.rank
    }
}
