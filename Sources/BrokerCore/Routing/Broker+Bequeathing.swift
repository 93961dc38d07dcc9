import MQTT

/// A message that a share gave to a session which is over, and whose client did not acknowledge it.
struct Bequest {
    let message: Message
    let group: ShareGroup
}

/// What an ended session leaves to the others of its shares.
extension Broker {
    /// The messages of QoS 1 that another member should have now, as section 4.8.2 wants it; not those of QoS 2, which
    /// may have arrived. [MQTT-4.8.2-5]
    ///
    /// A session does not remember which of its subscriptions brought it a message. Where a filter of its own matches as
    /// well, or a second share, nothing is left: rather one copy too few than one too many.
    func bequests(of session: Session, at now: Moment) -> [Bequest] {
        guard !isStopping, tree.sharedCount > 0, session.subscriptions.keys.contains(where: \.isShared) else {
            return []
        }
        var found: [Bequest] = []
        var known: (topic: TopicNode, group: ShareGroup?)?
        func add(_ delivery: Delivery) {
            let message = delivery.message
            guard delivery.qos == .atLeastOnce, delivery.state != .done, !message.isExpired(at: now) else { return }
            if known?.topic !== message.topic { known = (message.topic, onlyShare(of: session, message.topic)) }
            guard let group = known?.group else { return }
            found.append(Bequest(message: message, group: group))
        }
        for place in 0..<session.inFlight.count {
            if let (_, delivery) = session.inFlight.at(place) { add(delivery) }
        }
        for place in 0..<session.queue.count {
            if let delivery = session.queue[place] { add(delivery) }
        }
        return found
    }

    /// The share from which `session` has its messages of `topic`, if it can be no other subscription.
    private func onlyShare(of session: Session, _ topic: TopicNode) -> ShareGroup? {
        let (entries, groups) = tree.match(topic.name)
        let own = groups.filter { $0.members.contains { $0.session === session } }
        return own.count == 1 && !entries.contains { $0.session === session } ? own.first : nil
    }

    /// To whoever is next in turn; a share without members takes nothing.
    mutating func bequeath(_ bequests: [Bequest], at now: Moment) {
        for bequest in bequests {
            let message = bequest.message
            guard let heir = bequest.group.next(qos: message.qos),
                access.authorize(heir.session.principal, as: heir.session.worker, .receive, message.topic.name)
                    .isAllowed
            else { continue }
            // Each is a message of its own.
            templates.reset()
            var kept: Message? = message
            let (payload, properties) = (message.payload, message.properties)
            deliver(
                Route(heir), message.topic, &kept, payload.span.bytes, properties.span.bytes, message.expiresAt,
                message.qos, message.retain, from: nil, at: now)
        }
    }
}
