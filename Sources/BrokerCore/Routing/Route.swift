import MQTT

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
