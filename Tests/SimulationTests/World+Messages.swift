import BrokerCore
import MQTT

/// What must be true of every message that comes, wherever it comes from.
extension World {
    /// What the client asked for of all its filters that match holds, whichever of them a message came for.
    func checkOptions(
        _ publish: Publish, _ entry: Book.Entry, _ asked: [Subscription], _ client: SimulatedClient
    ) throws {
        // [MQTT-3.8.4-8, MQTT-4.8.2-3]
        try demand(
            asked.contains { publish.qos <= $0.maximumQoS }, "message \(entry.number) came at more than was granted")
        // [MQTT-3.3.1-13]
        if entry.retain, asked.allSatisfy({ $0.retainAsPublished }) {
            try demand(publish.retain, "message \(entry.number) lost its RETAIN on the way to \(client.name)")
        }
        // [MQTT-3.3.1-11, MQTT-3.3.1-12]
        if asked.allSatisfy({ !$0.retainAsPublished && ($0.retainHandling == .doNotSend || $0.filter.isShared) }) {
            try demand(!publish.retain, "message \(entry.number) came to \(client.name) with RETAIN")
        }
        // [MQTT-3.8.3-3]: what is kept for a topic is its topic's, not its publisher's any more.
        if entry.publisher == client.id, !entry.retain {
            try demand(asked.contains { !$0.noLocal }, "\(client.name) got its own message \(entry.number)")
        }
    }

    /// What is left of a message's time is said, and none comes for the first time after it. [MQTT-3.3.2-5, MQTT-3.3.2-6]
    func checkTime(_ publish: Publish, _ entry: Book.Entry, _ client: SimulatedClient) throws {
        guard client.version == .v5 else { return }
        let left = publish.properties.messageExpiryInterval
        guard let expiry = entry.expiry else {
            return try demand(left == nil, "message \(entry.number) was given a time it never had")
        }
        guard let left else { throw Violation("message \(entry.number) lost its time") }
        try demand(left <= expiry, "message \(entry.number) has \(left) s left of \(expiry)")
        let waited = now.wall - entry.saidAt
        try demand(
            Int64(left) * 1_000 >= Int64(expiry) * 1_000 - waited, "message \(entry.number) has only \(left) s left")
        try demand(
            publish.duplicate || left > 0 || expiry == 0, "message \(entry.number) came when its time was over")
    }

    /// One of the share gets a message, and no second one, whatever becomes of the first: but at QoS 1, where an ended
    /// session leaves it to another. [MQTT-4.8.2-4 … MQTT-4.8.2-6]
    func countInShare(_ entry: Book.Entry, _ qos: QoS, _ session: KnownSession) throws {
        let before = shared[entry.number, default: []]
        shared[entry.number] = before + [ShareReception(session: session, qos: qos)]
        let final = before.count { $0.qos != .atLeastOnce || $0.session === session }
        try demand(final < entry.sends, "message \(entry.number) came to \(before.count + 1) of a share")
    }

    func count(
        _ number: Int, _ entry: Book.Entry, _ publish: Publish, _ session: KnownSession, _ client: SimulatedClient
    ) throws {
        guard !session.hasShares else { return }
        let count = session.receptions[number, default: 0] + 1
        session.receptions[number] = count
        try demand(
            count <= entry.sends, "message \(number) came \(count) times to \(client.name) and was sent \(entry.sends)")
        // What its publisher sent again may have come for the first time before there was a subscription.
        guard count == 1, entry.sends == 1, !session.received.contains(number), entry.kind == .message else { return }
        // [MQTT-4.6.0-5]
        let lane = KnownSession.Lane(
            publisher: entry.publisher, topic: entry.topic, published: entry.qos, delivered: publish.qos)
        if let newest = session.newest[lane] {
            try demand(
                number > newest, "message \(number) came to \(client.name) after \(newest) of the same publisher")
        }
        session.newest[lane] = number
    }
}
