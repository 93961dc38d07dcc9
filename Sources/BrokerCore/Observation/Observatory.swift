import AdminProtocol
import MQTT

/// Everything the broker knows about itself: who is there, what flows, what was refused, what happened.
///
/// The engine counts into records and notes what happened; nothing else is done on its way. Once a second `sample`
/// looks at every record. Lists, sorting and text are made only when an operator asks. [broker, 6]
package final class Observatory {
    /// Set by the engine where it knows them.
    package var retained = 0
    /// Messages handed over and not committed yet, and those committed ever.
    package var pendingTickets = 0
    package var committed: Int64 = 0
    package var queue = QueueStatus()

    let configuration: BrokerConfiguration
    let startedAt: Moment
    var roster = Roster()
    var topics = TopicRoster()
    var gate: LogGate

    package init(configuration: BrokerConfiguration, at now: Moment) {
        self.configuration = configuration
        startedAt = now
        gate = LogGate(configured: configuration.logLevel)
    }

    /// The record of this client, made if there is none.
    package func client(of principal: Principal, clientID: [UInt8]) -> ClientRecord {
        roster.client(of: principal, clientID: clientID)
    }

    /// The record of this topic, made if there is none; above the bound all further topics share one.
    package func topic(named name: [UInt8]) -> TopicRecord {
        topics.topic(named: name)
    }

    /// Something happened.
    package func note(_ notice: Notice, at now: Moment) {
    }

    /// Looks at a worker's message for what it says of itself. [broker, 6]
    package func inspect(payload: RawSpan, of client: ClientRecord, at now: Moment) {
    }

    /// The pools there are, by id, with the names people gave them.
    package func poolsChanged(_ pools: [ULID: String], at now: Moment) {
        roster.poolsChanged(pools)
    }

    /// Whether a line of this kind would be written; asked before any text is made.
    package func wouldLog(_ level: LogLevel, _ subsystem: Subsystem, _ client: ClientRecord? = nil) -> Bool {
        gate.lets(level, subsystem, client)
    }

    /// Writes a line, if its level is on and its kind has not been written too often.
    package func log(
        _ level: LogLevel, _ subsystem: Subsystem, _ message: String, client: ClientRecord? = nil,
        fields: [(key: String, value: String)] = [], at now: Moment, into effects: inout Effects
    ) {
        guard gate.lets(level, subsystem, client) else { return }
    }

    /// Remembers a line of the server's own for the ring.
    package func remember(_ line: LogLine, at now: Moment) {
    }

    /// Time has passed; called by the engine about ten times a second, works once a second.
    package func elapsed(at now: Moment, into effects: inout Effects) {
    }
}
