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
