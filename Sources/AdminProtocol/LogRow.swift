/// One log line of the broker, in the ring of lines.
package struct LogRow: Codable, Equatable, Sendable {
    /// The number of the line, as text: grows by one.
    package var id: String
    package var at: Timestamp
    package var level: LogLevel
    /// `session`, `access`, `connection`, `admin`, `queue`, `broker`, `tls`.
    package var subsystem: String
    package var client: String?
    package var pool: String?
    package var message: String

    package init(
        id: String, at: Timestamp, level: LogLevel, subsystem: String, client: String? = nil, pool: String? = nil,
        message: String
    ) {
        self.id = id
        self.at = at
        self.level = level
        self.subsystem = subsystem
        self.client = client
        self.pool = pool
        self.message = message
    }
}
