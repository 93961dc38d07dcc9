import MQTT

/// SUBSCRIBE and UNSUBSCRIBE.
extension Broker {
    mutating func subscribe(
        _ packet: Subscribe, _ session: Session, _ connection: Connection, at now: Moment
    ) {
        let identifier = packet.properties.subscriptionIdentifiers.first ?? 0
        var reasons: [ReasonCode] = []
        var wanted: [(entry: SubscriptionEntry, subscription: Subscription, isNew: Bool)] = []
        var systems: [(filter: TopicFilter, isNew: Bool, handling: Subscription.RetainHandling)] = []
        var why: String?
        for (place, subscription) in packet.subscriptions.enumerated() {
            if connection.isWorker, place >= limits.workerFilters {
                reasons.append(.quotaExceeded)
                why = "too many filters in one SUBSCRIBE"
                continue
            }
            switch admit(subscription, session, connection, at: now) {
            case .refused(let reason, let sentence):
                reasons.append(reason)
                why = sentence
            case .virtual(let isNew):
                reasons.append(.success)
                systems.append((subscription.filter, isNew, subscription.retainHandling))
            case .allowed:
                let (entry, isNew) = subscribe(subscription, identifier, session)
                reasons.append(.granted(subscription.maximumQoS))
                wanted.append((entry, subscription, isNew))
                observatory.note(
                    .subscribed(
                        session.record, filter: subscription.filter.bytes, qos: subscription.maximumQoS.rawValue),
                    at: now)
            }
        }
        var properties = Properties()
        if let why, connection.wantsReasons { properties.append(.reasonString(Array(why.utf8))) }
        send(
            .subAck(SubAck(packetID: packet.packetID, reasons: reasons, properties: properties)), to: connection,
            at: now)
        for (entry, subscription, isNew) in wanted {
            sendRetained(for: entry, as: subscription, isNew: isNew, session, at: now)
            sendStatistics(for: entry, isNew: isNew, subscription.retainHandling, at: now)
        }
        for (filter, isNew, handling) in systems {
            sendStatistics(for: filter, isNew: isNew, handling, to: connection.id, at: now)
        }
    }

    private enum Admission {
        case allowed
        /// Taken note of outside of the subscription tree: the admin topic and `$SYS`.
        case virtual(isNew: Bool)
        case refused(ReasonCode, String)
    }

    private mutating func admit(
        _ subscription: Subscription, _ session: Session, _ connection: Connection, at now: Moment
    ) -> Admission {
        let filter = subscription.filter
        switch access.authorize(connection.peer.principal, as: session.worker, .subscribe, filter.bytes) {
        case .refused(let refusal):
            // Whoever has a filter denied asks for the code that both versions know, as suites do.
            let isRule = connection.isOpen && access.isDenied(filter.bytes)
            let reason: ReasonCode = isRule || connection.version == .v311 ? .unspecifiedError : .notAuthorized
            let told = "SUBACK \(hex(reason.rawValue)), connection kept"
            note(
                refusal, .subscribe, filter.bytes, of: connection, session.record, session.clientID.bytes, told,
                at: now)
            return .refused(reason, refusal.sentence)
        case .allowed(.admin):
            guard connection.adminFilters.count < limits.workerSubscriptions else {
                return .refused(.quotaExceeded, "too many subscriptions")
            }
            let isNew = !connection.adminFilters.contains(filter)
            if isNew { connection.adminFilters.append(filter) }
            return .virtual(isNew: isNew)
        case .allowed(.routed), .allowed(.queued): break
        }
        guard filter.levels.count <= limits.topicLevels else {
            return .refused(.topicFilterInvalid, "the filter has too many levels")
        }
        let most = connection.isWorker ? limits.workerSubscriptions : limits.subscriptions
        guard session.subscriptions[filter] != nil || session.subscriptions.count < most else {
            return .refused(.quotaExceeded, "too many subscriptions")
        }
        return .allowed
    }

    /// The same filter again replaces the options and nothing else. [MQTT-3.8.4-3]
    private mutating func subscribe(
        _ subscription: Subscription, _ identifier: Int, _ session: Session
    ) -> (entry: SubscriptionEntry, isNew: Bool) {
        if let known = session.subscriptions[subscription.filter] {
            known.qos = subscription.maximumQoS
            known.noLocal = subscription.noLocal
            known.retainAsPublished = subscription.retainAsPublished
            known.identifier = identifier
            tree.touch()
            return (known, false)
        }
        let entry = SubscriptionEntry(session: session, subscription: subscription, identifier: identifier)
        session.subscriptions[subscription.filter] = entry
        tree.insert(entry)
        return (entry, true)
    }

    /// The messages kept for topics that match; shared subscriptions get none. [MQTT-3.3.1-9 … MQTT-3.3.1-11]
    ///
    /// Each as `subscription` asks: the entry may have been asked for once more since. [MQTT-3.8.4-5]
    private mutating func sendRetained(
        for entry: SubscriptionEntry, as subscription: Subscription, isNew: Bool, _ session: Session, at now: Moment
    ) {
        guard !entry.filter.isShared, retained.count > 0 else { return }
        guard subscription.retainHandling.wantsKept(isNew: isNew) else { return }
        let identifiers = entry.identifier > 0 ? [entry.identifier] : []
        for message in retained.matching(entry.filter, at: now) {
            guard access.authorize(session.principal, as: session.worker, .receive, message.topic.name).isAllowed
            else { continue }
            let delivery = Delivery(
                message, qos: min(message.qos, subscription.maximumQoS), retain: true, isKept: true,
                identifiers: identifiers)
            templates.reset()
            enqueue(delivery, session, from: nil, isOnly: true, at: now)
        }
        pump(session, upTo: limits.outboxHigh, at: now)
    }

    mutating func unsubscribe(
        _ packet: Unsubscribe, _ session: Session, _ connection: Connection, at now: Moment
    ) {
        var reasons: [ReasonCode] = []
        for filter in packet.filters {
            if let entry = session.subscriptions.removeValue(forKey: filter) {
                tree.remove(entry)
                reasons.append(.success)
                observatory.note(.unsubscribed(session.record, filter: filter.bytes), at: now)
            } else if let place = connection.adminFilters.firstIndex(of: filter) {
                connection.adminFilters.remove(at: place)
                reasons.append(.success)
            } else {
                reasons.append(.noSubscriptionExisted)
            }
        }
        send(.unsubAck(UnsubAck(packetID: packet.packetID, reasons: reasons)), to: connection, at: now)
    }
}
