import MQTT

/// A message that came to one of a share.
struct ShareReception {
    let session: KnownSession
    let qos: QoS
}

/// A session as its client knows it: what it subscribed to, what it got, what is under way.
final class KnownSession {
    struct Interest {
        let filter: TopicFilter
        let qos: QoS
        let noLocal: Bool
        /// From the step of the SUBACK to the step of what may have ended it.
        let from: Int
        var to: Int?
    }

    struct Outstanding {
        let number: Int
        let publish: Publish
        /// PUBREC has come; PUBREL goes out.
        var isReceived = false
    }

    let client: ClientID
    /// When the session ends, in milliseconds of the world; nil while connected.
    var expiresAt: Int64?

    /// Everything asked for, granted or not: nothing else may come.
    var asked: [Subscription] = []
    var interests: [Interest] = []
    /// Sent at QoS 1 and 2 and not finished, in the order of sending.
    var outstanding: [UInt16] = []
    var publishes: [UInt16: Outstanding] = [:]
    /// Messages of QoS 2 that came and were not released: their numbers by packet identifier.
    var unreleased: [UInt16: Int?] = [:]
    /// How often each message came as a message of its own.
    var receptions: [Int: Int] = [:]
    /// Numbers that came at least once, in any way.
    var received: Set<Int> = []
    /// The newest number by publisher, topic and both qualities of service.
    var newest: [Lane: Int] = [:]
    private var lastID: UInt16 = 0

    struct Lane: Hashable {
        let publisher: ClientID
        let topic: TopicName
        let published: QoS
        let delivered: QoS
    }

    init(client: ClientID) {
        self.client = client
    }

    var hasShares: Bool { asked.contains { $0.filter.isShared } }

    func freshID() -> UInt16 {
        repeat { lastID = lastID == .max ? 1 : lastID + 1 } while publishes[lastID] != nil
        return lastID
    }

    func subscribed(_ subscription: Subscription, at step: Int) {
        let filter = subscription.filter
        endInterest(in: filter, at: step)
        interests.append(
            Interest(filter: filter, qos: subscription.maximumQoS, noLocal: subscription.noLocal, from: step))
    }

    func endInterest(in filter: TopicFilter, at step: Int) {
        for place in interests.indices where interests[place].filter == filter && interests[place].to == nil {
            interests[place].to = step
        }
    }

    /// Whether this message had to come: a subscription stood from before it was sent until after it was acknowledged.
    func mustHave(_ entry: Book.Entry) -> Bool {
        stands(for: entry) { !$0.filter.isShared && !($0.noLocal && entry.publisher == client) }
    }

    /// Whether this message had to come to this session or another of its share.
    func sharesIn(_ entry: Book.Entry) -> Bool {
        stands(for: entry) { $0.filter.isShared }
    }

    private func stands(for entry: Book.Entry, _ counts: (Interest) -> Bool) -> Bool {
        guard let sent = entry.sentAt, let acknowledged = entry.acknowledgedAt, entry.qos > .atMostOnce,
            entry.expiry == nil
        else { return false }
        return interests.contains {
            counts($0) && $0.qos > .atMostOnce && $0.from < sent && acknowledged < $0.to ?? .max
                && $0.filter.matches(entry.topic)
        }
    }
}
