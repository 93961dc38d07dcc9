import AdminProtocol
import MQTT

/// One socket's side of things, from accept to the end. Confined to the broker that made it.
final class Connection {
    enum Phase {
        case awaitingConnect
        case connected
        /// Nothing more is read; what waits is written, then the socket closes.
        case closing
    }

    /// Why nothing is read from it now.
    struct Pauses: OptionSet {
        let rawValue: UInt8
        /// Somebody it publishes to does not keep up.
        static let pressure = Pauses(rawValue: 1)
        /// The durable queue has not committed what it sent.
        static let queue = Pauses(rawValue: 2)
        /// It does not read what we answer. [T-18]
        static let answers = Pauses(rawValue: 4)
        /// Memory is short. [T-70]
        static let memory = Pauses(rawValue: 8)
        /// It publishes faster than it may. [T-25]
        static let pace = Pauses(rawValue: 16)
        /// The broker stops, and it is to hear what it is owed before.
        static let stopping = Pauses(rawValue: 32)

        /// All of them in one word each, for figures.
        static let named: [(name: String, pauses: Pauses)] = [
            ("slow_subscriber", .pressure), ("queue", .queue), ("unread_answers", .answers), ("memory", .memory),
            ("pace", .pace), ("stopping", .stopping),
        ]
    }

    /// An acknowledgement that must wait for the durable queue, or for one that does.
    struct PendingAnswer {
        let ticket: Ticket
        let packetID: UInt16
        let qos: QoS
        /// What stands in it, if it is a refusal.
        var reason = ReasonCode.success
    }

    // What every message asks of both its ends stands first and together: a thousand connections do not fit the
    // processor's cache, and each line of it that a message touches is waited for.
    let id: ConnectionID
    let isAdmin: Bool
    let isWorker: Bool
    let isOpen: Bool
    @exclusivity(unchecked) var phase = Phase.awaitingConnect
    @exclusivity(unchecked) var version = ProtocolVersion.v5
    @exclusivity(unchecked) var pauses: Pauses = []
    @exclusivity(unchecked) var isListed = false
    /// Its will is not written down yet: until then, nothing of its outbox leaves. [T-62]
    @exclusivity(unchecked) var awaitsWill = false
    /// Whether any output was taken yet.
    @exclusivity(unchecked) var hasTaken = false
    /// Whether it was told of that its output waits. [T-78]
    @exclusivity(unchecked) var isCongested = false
    /// It has not moved for so long that nobody waits for it any more.
    @exclusivity(unchecked) var isStalled = false
    /// Whether it is held to a pace. [T-25]
    @exclusivity(unchecked) var isPaced = false
    /// Whether refusals come with a sentence: unless the client declines. On the open listener only if it asks, for
    /// suites compare bytes. [MQTT-3.1.2-29]
    var wantsReasons: Bool
    /// Whether it stands at the door: until its CONNECT is accepted, or put off.
    var isStranger = true
    var usesResponseTopic = false
    @exclusivity(unchecked) var session: Session?
    @exclusivity(unchecked) var record: ClientRecord?
    @exclusivity(unchecked) var outbox: [UInt8] = [] {
        didSet { weigh() }
    }
    /// The beginning of a packet whose end has not come.
    @exclusivity(unchecked) var remainder: [UInt8] = [] {
        didSet { weigh() }
    }
    /// How long the packet is that `remainder` begins; 0 if not even that is known.
    @exclusivity(unchecked) var needed = 0
    /// Bytes that its socket was given and has not taken.
    @exclusivity(unchecked) var unsent = 0 {
        didSet { weigh() }
    }
    /// How much of what waits is counted, and where.
    @exclusivity(unchecked) private var weighed = 0
    private let holdings: Holdings
    /// Publishers that are not read until this one keeps up.
    @exclusivity(unchecked) var held: [Connection] = []
    /// The greatest packet the client takes. [MQTT-3.1.2-24]
    @exclusivity(unchecked) var packetOut = Int.max
    /// Since when the outbox holds something, by `Moment.nanoseconds`.
    @exclusivity(unchecked) var waitingSince: Int64 = 0
    /// The aliases we use towards the client.
    @exclusivity(unchecked) var aliasesOut = AliasesOut()

    // What only the publisher is asked.
    @exclusivity(unchecked) var packetBound: Int
    @exclusivity(unchecked) var lastIn: Int64 = 0
    /// The topic it published to last, and what that is allowed to be.
    @exclusivity(unchecked) var lastTopic: TopicNode?
    @exclusivity(unchecked) var lastGrant = Grant.routed
    @exclusivity(unchecked) var pending = RingQueue<PendingAnswer>()
    /// How many of them are of QoS 1; those of QoS 2 stand among the session's unreleased.
    @exclusivity(unchecked) var pendingOnce = 0
    /// Messages of QoS 2 that came on this connection and were not released.
    @exclusivity(unchecked) var unreleased = 0
    /// How many of QoS 1 and 2 the client may have under way. [MQTT-3.3.4-7]
    @exclusivity(unchecked) var receiveMaximum = 0
    @exclusivity(unchecked) var waitingTickets = 0
    @exclusivity(unchecked) var waitingBytes = 0
    @exclusivity(unchecked) var pace = Pace()
    @exclusivity(unchecked) var aliases: [TopicNode?] = []
    /// How many it may use. [MQTT-3.3.2-9]
    var aliasMaximum = 0

    // What is asked now and then.
    let peer: Peer
    var connectedAt: Moment
    @exclusivity(unchecked) var outboxBound = 0
    /// Nanoseconds of silence that are allowed; 0 for any.
    var silence: Int64 = 0
    var pausedSince: Int64 = 0
    /// Since when the durable queue is the reason, or one of them.
    var queuePausedSince: Int64 = 0
    /// When it last took output or acknowledged something while others were held, by `Moment.nanoseconds`.
    @exclusivity(unchecked) var heldSince: Int64 = 0
    var denials = 0
    /// What an operator's connection asked to hear; outside of the subscription tree.
    var adminFilters: [TopicFilter] = []

    init(id: ConnectionID, peer: Peer, packetBound: Int, holdings: Holdings, at now: Moment) {
        self.id = id
        self.holdings = holdings
        self.peer = peer
        (isAdmin, isWorker, isOpen) =
            switch peer.principal {
            case .admin: (true, false, false)
            case .worker: (false, true, false)
            case .backend: (false, false, false)
            case .open: (false, false, true)
            }
        self.packetBound = packetBound
        wantsReasons = !isOpen
        connectedAt = now
        lastIn = now.nanoseconds
    }

    deinit {
        holdings.buffers &-= weighed
    }

    /// Who has a name is held to a bound; the open listener takes what fits a packet, for the standard has no other.
    var mostUserProperties: Int { isOpen ? .max : Properties.mostUserProperties }

    /// What waits for it and of it.
    @inline(__always)
    var buffered: Int { outbox.capacity &+ remainder.capacity &+ unsent }

    @inline(__always)
    private func weigh() {
        let bytes = buffered
        guard bytes != weighed else { return }
        holdings.buffers &+= bytes &- weighed
        weighed = bytes
    }
}
