import BrokerCore
import MQTT

/// Somebody who connects: a worker, the platform, or anybody on the open listener.
final class SimulatedClient {
    let id: ClientID
    let principal: Principal
    let version: ProtocolVersion
    let place: Place
    /// Where it may publish, and what it may subscribe to.
    let topics: [TopicName]
    let filters: [TopicFilter]
    /// What it has no right to.
    let foreign: (topic: TopicName, filter: TopicFilter)?
    var link: Link?
    var session: KnownSession?
    /// Wills that wait for their time, by number.
    var waitingWills: [Int] = []
    /// The same, of which it cannot be known whether they will come at all.
    var uncertainWills: [Int] = []
    /// A clean start was asked for and not heard of.
    var wantsCleanStart = false
    /// What the broker did last with its session was not heard: it may be there or not.
    var isUncertain = false
    /// How often the broker ended its connection for something it sent.
    var faults = 0
    /// Certificates are replaced when they were revoked.
    var generation = 1

    init(
        id: ClientID, principal: Principal, version: ProtocolVersion, from place: Place, topics: [TopicName],
        filters: [TopicFilter], foreign: (topic: TopicName, filter: TopicFilter)? = nil
    ) {
        self.id = id
        self.principal = principal
        self.version = version
        self.place = place
        self.topics = topics
        self.filters = filters
        self.foreign = foreign
    }

    /// How it subscribes to a filter, always the same way, so that what must be true of its messages can be said.
    func habits(for filter: TopicFilter) -> Subscription {
        let habit = filter.bytes.reduce(Int(id.bytes.last ?? 0)) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
        return Subscription(
            filter: filter, noLocal: habit % 3 == 0, retainAsPublished: habit % 2 == 0,
            retainHandling: [.send, .sendIfNew, .doNotSend][habit / 6 % 3])
    }

    var name: String { String(decoding: id.bytes.suffix(6), as: UTF8.self) }

    var isWorker: Bool {
        if case .worker = principal { true } else { false }
    }

    var isQueued: Bool { isWorker }

    var fingerprint: String? {
        switch principal {
        case .worker(let pool): "\(pool)/\(generation)"
        case .backend(let name): "\(name)/\(generation)"
        case .admin, .open: nil
        }
    }
}
