import AdminProtocol

/// One thing that happened; made into a row only when somebody looks.
struct Event {
    var number: Int64
    var at: Timestamp
    var what: EventRow.What
    var client: ClientRecord?
    var reason: String
    var detail: String
    var by: String?

    var id: String { number.description }
}

/// One log line, in the ring.
struct LogEntry {
    var number: Int64
    var at: Timestamp
    var level: LogLevel
    var subsystem: String
    var client: String?
    var pool: String?
    var worker: String?
    var message: String

    var id: String { number.description }
}
