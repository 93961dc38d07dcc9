import BrokerCore
import MQTT

/// Somebody who connects: a worker, the platform, or anybody on the open listener.
final class SimulatedClient {
    let id: ClientID
    let principal: Principal
    let version: ProtocolVersion
    /// Where it may publish, and what it may subscribe to.
    let topics: [TopicName]
    let filters: [TopicFilter]
    /// What it has no right to.
    let foreign: (topic: TopicName, filter: TopicFilter)?
    var link: Link?
    var session: KnownSession?
    /// A clean start was asked for and not heard of.
    var wantsCleanStart = false
    /// What the broker did last with its session was not heard: it may be there or not.
    var isUncertain = false
    /// Certificates are replaced when they were revoked.
    var generation = 1

    init(
        id: ClientID, principal: Principal, version: ProtocolVersion, topics: [TopicName], filters: [TopicFilter],
        foreign: (topic: TopicName, filter: TopicFilter)? = nil
    ) {
        self.id = id
        self.principal = principal
        self.version = version
        self.topics = topics
        self.filters = filters
        self.foreign = foreign
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
