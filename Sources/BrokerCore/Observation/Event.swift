import AdminProtocol

/// One thing that happened; made into a row only when somebody looks.
struct Event {
    var number: Int64
    var at: Timestamp
    var what: EventRow.What
    var client: ClientRecord?
    var reason: String
    var said: Detail
    var by: String?

    var id: String { number.description }
    var detail: String { said.text }

    /// What is to be said of it. That of clients who come and go is made when somebody looks, for they may be many.
    enum Detail {
        case text(String)
        case connected(ConnectionFacts, resumed: Bool)
        /// `after` is for how long it was connected, in nanoseconds.
        case gone(String, after: Int64?, willSent: Bool)

        var text: String {
            switch self {
            case .text(let text): return text
            case .connected(let facts, let resumed):
                return "\(facts.peer.address), MQTT \(facts.versionText)\(resumed ? ", resumed" : "")"
            case .gone(let detail, let nanoseconds, let willSent):
                var words = [DisplayText.of(detail)]
                if let nanoseconds { words.append("after \(Span.text(nanoseconds))") }
                if willSent { words.append("will sent") }
                return words.filter { !$0.isEmpty }.joined(separator: ", ")
            }
        }
    }
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
