import AdminProtocol

/// A log line the core wants written: already worth its level when it is made.
package struct LogLine: Equatable, Sendable {
    package var level: LogLevel
    package var subsystem: Subsystem
    package var message: String
    /// Keys as in the log's format: `client`, `pool`, `worker`, `connection`, `topic`, `filter`, `reason`, `rule`.
    package var fields: [(key: String, value: String)]

    package init(
        _ level: LogLevel, _ subsystem: Subsystem, _ message: String, fields: [(key: String, value: String)] = []
    ) {
        self.level = level
        self.subsystem = subsystem
        self.message = message
        self.fields = fields
    }

    package static func == (one: LogLine, other: LogLine) -> Bool {
        one.level == other.level && one.subsystem == other.subsystem && one.message == other.message
            && one.fields.elementsEqual(other.fields, by: ==)
    }
}

/// The rooms a log line can come from.
package enum Subsystem: String, Sendable, CaseIterable {
    case access
    case admin
    case broker
    case connection
    case queue
    case session
    case tls
}
