import MQTT

/// What outlives a connection: subscriptions, messages under way in both directions, the will. [MQTT-4.1.0-1]
final class Session {
    // What every message asks stands first and together, as in `Connection`.
    @exclusivity(unchecked) var connection: Connection?
    let record: ClientRecord
    /// How many in the queue are of QoS 0: while there are any, others of QoS 0 must not overtake them.
    @exclusivity(unchecked) var queuedLightly = 0
    /// The place in `inFlight` from which on nothing was sent again on this connection.
    @exclusivity(unchecked) var resent = 0
    @exclusivity(unchecked) var inFlight = InFlight() {
        didSet { weigh() }
    }
    @exclusivity(unchecked) var queue = RingQueue<Delivery>() {
        didSet { weigh() }
    }
    /// What of the places in both is counted.
    @exclusivity(unchecked) private var weighed = 0
    @exclusivity(unchecked) var queuedBytes = 0
    /// How many in the queue were kept for their topics: nobody is too slow for what comes all at once, and they have
    /// their bytes in common with what is kept.
    @exclusivity(unchecked) var queuedKept = 0
    /// How many more messages of QoS 1 and 2 the client takes now. [MQTT-4.9.0-1]
    @exclusivity(unchecked) var quota = 0
    @exclusivity(unchecked) var receiveMaximum = 65_535
    /// QoS 2 messages of the client that were not released, and the ticket each waits for; 0 for none.
    @exclusivity(unchecked) var unreleased: [UInt16: Ticket] = [:]
    /// The ULID of a worker.
    let worker: ULID?
    var principal: Principal

    let key: SessionKey
    /// What its record looks at.
    var view: SessionView?
    /// The certificate it was last used with. [T-34]
    var fingerprint: String?
    var subscriptions: [TopicFilter: SubscriptionEntry] = [:]

    /// Seconds it outlives its connection.
    var expiry: UInt32 = 0
    /// Whether each PUBREL that was owed from before went out first on this connection.
    @exclusivity(unchecked) var releasedFirst = false
    var will: Will? {
        didSet { holdings?.wills += (will?.weight ?? 0) - (oldValue?.weight ?? 0) }
    }
    /// Where its will is counted while it is kept.
    var holdings: Holdings? {
        didSet {
            guard oldValue == nil else { return }
            holdings?.names &+= clientID.bytes.count &* 2
            weigh()
        }
    }
    /// Under which name it is written down, if it is. [T-62]
    var keptWill: KeptWill.Name?
    /// Names the newest reason to wake for it; older ones are void.
    var wake: UInt64 = 0
    var willDueAt = Int64.max
    var expiresAt = Int64.max

    /// When it was taken over, by `Moment.nanoseconds`, and until when the next one has to wait. [T-23]
    var takeovers: [Int64] = []
    var refusedUntil: Int64 = 0
    var refusals = 0
    /// Messages given up since it was last said.
    var dropped: Int64 = 0

    init(key: SessionKey, principal: Principal, worker: ULID?, record: ClientRecord) {
        self.key = key
        self.principal = principal
        self.worker = worker
        self.record = record
    }

    deinit {
        if let view, record.session === view { record.session = nil }
        guard let holdings else { return }
        holdings.wills -= will?.weight ?? 0
        holdings.names &-= clientID.bytes.count &* 2
        holdings.places &-= weighed
    }

    var clientID: ClientID { key.clientID }

    /// How many in the queue are there because they were not read in time.
    @inline(__always)
    var queuedLate: Int { queue.count - queuedKept }

    /// Lets go of what waits and is refused by `isWanted`.
    func filterQueue(_ isWanted: (Delivery) -> Bool) {
        queue.filter(isWanted)
        (queuedLightly, queuedBytes, queuedKept) = (0, 0, 0)
        for place in 0..<queue.count { _ = queue.look(at: place) { count($0, by: 1) } }
    }

    /// Counts in what was put into the queue, or out what was taken from it.
    @inline(__always)
    func count(_ delivery: Delivery, by one: Int) {
        if delivery.isKept { queuedKept += one } else { queuedBytes += one * delivery.message.weight }
        if !delivery.qos.isAcknowledged { queuedLightly += one }
    }

    @inline(__always)
    private func weigh() {
        let bytes = inFlight.footprint &+ queue.footprint
        guard bytes != weighed, let holdings else { return }
        holdings.places &+= bytes &- weighed
        weighed = bytes
    }
}

extension Will {
    /// What it takes in memory, about.
    fileprivate var weight: Int { payload.count + topic.bytes.count + 256 }
}
