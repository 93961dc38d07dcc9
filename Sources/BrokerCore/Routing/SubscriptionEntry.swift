import MQTT

/// One filter of one session.
final class SubscriptionEntry {
    unowned let session: Session
    let filter: TopicFilter
    var qos: QoS
    var noLocal: Bool
    var retainAsPublished: Bool
    /// The subscription identifier; 0 for none.
    var identifier: Int
    /// Where it is counted while it stands.
    private let holdings: Holdings?

    init(session: Session, subscription: Subscription, identifier: Int) {
        self.session = session
        filter = subscription.filter
        qos = subscription.maximumQoS
        noLocal = subscription.noLocal
        retainAsPublished = subscription.retainAsPublished
        self.identifier = identifier
        holdings = session.holdings
        holdings?.names &+= footprint
    }

    deinit {
        holdings?.names &-= footprint
    }

    /// The object, its places in its session and in the tree, and its name, which a shared one has twice; what the
    /// levels of the name take is the tree's to count.
    private var footprint: Int { 384 &+ filter.bytes.count &* 2 }
}

/// The members of one shared subscription: each message goes to one of them.
final class ShareGroup {
    let name: [UInt8]
    var members: [SubscriptionEntry] = []
    private var turn = 0

    init(name: [UInt8]) {
        self.name = name
    }

    /// The next in turn that is connected; or, for a message that is worth waiting, one that will come back.
    func next(qos: QoS) -> SubscriptionEntry? {
        var absent: SubscriptionEntry?
        for step in 0..<members.count {
            let place = (turn + step) % members.count
            let member = members[place]
            if let connection = member.session.connection, !connection.isStalled {
                turn = place + 1
                return member
            }
            if absent == nil { absent = member }
        }
        guard let absent else { return nil }
        turn &+= 1
        return min(qos, absent.qos) > .atMostOnce || absent.session.connection != nil ? absent : nil
    }
}

/// How the messages of one topic go to one session, whatever number of its filters match. [MQTT-3.3.4-2, MQTT-3.3.4-4]
struct Route {
    let session: Session
    var qos: QoS
    var retainAsPublished: Bool
    var hasNoLocal: Bool
    var identifiers: [Int]

    init(_ entry: SubscriptionEntry) {
        session = entry.session
        qos = entry.qos
        retainAsPublished = entry.retainAsPublished
        hasNoLocal = entry.noLocal
        identifiers = entry.identifier > 0 ? [entry.identifier] : []
    }

    mutating func add(_ entry: SubscriptionEntry) {
        qos = max(qos, entry.qos)
        retainAsPublished = retainAsPublished || entry.retainAsPublished
        hasNoLocal = hasNoLocal || entry.noLocal
        // One that several subscriptions share stands there as often. [MQTT-3.3.4-4]
        if entry.identifier > 0 { identifiers.append(entry.identifier) }
    }
}
