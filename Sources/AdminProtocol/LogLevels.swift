/// The log levels in force: the broker's own, and the exceptions from it.
package struct LogLevels: Codable, Equatable, Sendable {
    package struct Lease: Codable, Equatable, Sendable {
        /// `broker`, `subsystem:NAME`, `pool:ULID` or `worker:ULID`.
        package var scope: String
        package var level: LogLevel
        package var by: String
        package var since: Timestamp
        /// When the broker takes it back; absent if it was set to stay.
        package var until: Timestamp?
        package var reason: String?

        package init(
            scope: String, level: LogLevel, by: String, since: Timestamp, until: Timestamp? = nil,
            reason: String? = nil
        ) {
            self.scope = scope
            self.level = level
            self.by = by
            self.since = since
            self.until = until
            self.reason = reason
        }
    }

    /// What is in force for the broker as a whole.
    package var level: LogLevel
    /// What `MQTT_BROKER_BUILTIN_LOG_LEVEL` says, and what a lease of scope `broker` goes back to.
    package var configured: LogLevel
    package var leases: [Lease]
    /// Log lines per second over the last ten seconds.
    package var linesPerSecond: Double

    package init(level: LogLevel, configured: LogLevel, leases: [Lease] = [], linesPerSecond: Double = 0) {
        self.level = level
        self.configured = configured
        self.leases = leases
        self.linesPerSecond = linesPerSecond
    }
}

/// Arguments of `log.level.set`.
package struct LogLevelChange: Codable, Equatable, Sendable {
    /// `broker`, `subsystem:NAME`, `pool:ULID` or `worker:ULID`; `broker` if absent.
    package var scope: String?
    /// As `MQTT_BROKER_BUILTIN_LOG_LEVEL` takes it.
    package var level: String
    /// 1 second to 4 hours; 10 minutes if both this and `keep` are absent.
    package var forMs: Milliseconds?
    /// Keep it until somebody changes it.
    package var keep: Bool?

    package init(scope: String? = nil, level: String, forMs: Milliseconds? = nil, keep: Bool? = nil) {
        self.scope = scope
        self.level = level
        self.forMs = forMs
        self.keep = keep
    }
}

/// Arguments of `log.level.revert`.
package struct LogLevelRevert: Codable, Equatable, Sendable {
    /// `broker` if absent.
    package var scope: String?

    package init(scope: String? = nil) {
        self.scope = scope
    }
}
