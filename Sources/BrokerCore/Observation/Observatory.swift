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
    /// From taking a message to its commit.
    var commitLatency = Histogram.commits
    /// Which rules refused how often, and why connections ended; both by words of ours, so there are few.
    var deniedByRule: [String: Int64] = [:]
    @exclusivity(unchecked) var goneByReason: [String: Int64] = [:]
    /// Turns of the event loop that came too late, ever. [T-76]
    package var lateTurns: Int64 = 0
    /// Connections whose output waits for long now. [T-78]
    package var congested = 0
    /// In which way memory is short; nil if it is not. [T-70]
    package var memoryTrouble: String?

    let configuration: BrokerConfiguration
    let startedAt: Moment
    @exclusivity(unchecked) var roster = Roster()
    var topics = TopicRoster()
    var gate: LogGate
    var book = LogBook()
    @exclusivity(unchecked) var events = Ring<Event>(bound: ObservationLimits.events)
    var denials = DenialLedger()
    var alarms = Alarms()
    @exclusivity(unchecked) var pulse: Pulse
    /// Operators that are connected.
    var operators: [ConnectionID: ClientRecord] = [:]
    /// Connections of operators that have ended since the admin desk looked.
    var departedOperators: [ConnectionID] = []
    @exclusivity(unchecked) private var eventNumber: Int64 = 0
    @exclusivity(unchecked) private var newestEpoch: Int64 = 0

    package init(configuration: BrokerConfiguration, at now: Moment) {
        self.configuration = configuration
        startedAt = now
        gate = LogGate(configured: configuration.logLevel)
        pulse = Pulse(startedAt: now)
    }

    /// The record of this client, made if there is none.
    package func client(of principal: Principal, clientID: [UInt8]) -> ClientRecord {
        roster.client(of: principal, clientID: clientID, second: pulse.second)
    }

    /// The record of this topic, made if there is none; above the bound all further topics share one.
    package func topic(named name: [UInt8]) -> TopicRecord {
        topics.topic(named: name)
    }

    /// Looks at a worker's message for what it says of itself. [broker, 6]
    package func inspect(payload: RawSpan, of client: ClientRecord, at now: Moment) {
        client.story.word.learn(from: payload, at: now)
    }

    /// The pools there are, by id, with the names people gave them.
    package func poolsChanged(_ pools: [ULID: String], at now: Moment) {
        roster.poolsChanged(pools)
    }

    /// Time has passed; called by the engine about ten times a second, works once a second.
    package func elapsed(at now: Moment, into effects: inout Effects) {
        expireLevels(at: now, into: &effects)
        guard pulse.isDue(at: now) else { return }
        sample(at: now)
        for line in book.turn(second: pulse.second) { write(line, at: now, into: &effects) }
    }

    func record(
        _ what: EventRow.What, _ client: ClientRecord?, reason: String, detail: String = "", by: String? = nil,
        at now: Moment
    ) {
        record(what, client, reason: reason, saying: .text(detail), by: by, at: now)
    }

    func record(
        _ what: EventRow.What, _ client: ClientRecord?, reason: String, saying detail: Event.Detail,
        by: String? = nil, at now: Moment
    ) {
        eventNumber &+= 1
        events.append(
            Event(number: eventNumber, at: now.wall, what: what, client: client, reason: reason, said: detail, by: by))
    }

    /// An earlier start of the broker gave out this epoch: no later one may be smaller, whatever the clock says.
    func passEpoch(_ epoch: Int64) { newestEpoch = max(newestEpoch, epoch) }

    /// Grows by at least one, and over restarts of the broker as long as the wall clock goes forward.
    func nextEpoch(at now: Moment) -> Int64 {
        newestEpoch = max(newestEpoch &+ 1, now.wall)
        return newestEpoch
    }
}
