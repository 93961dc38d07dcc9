import MQTT

/// From one message to everybody who wants it.
extension Broker {
    /// Who wants `node`, found once per change of subscriptions. Rights are looked at here as well. [T-33, T-39]
    private func resolve(_ node: TopicNode) {
        let (entries, groups) = tree.match(node.name)
        var routes: [Route] = []
        var places: [ObjectIdentifier: Int] = [:]
        for entry in entries {
            let session = entry.session
            guard access.authorize(session.principal, as: session.worker, .receive, node.name).isAllowed else {
                continue
            }
            if let place = places[ObjectIdentifier(session)] {
                routes[place].add(entry)
            } else {
                places[ObjectIdentifier(session)] = routes.count
                routes.append(Route(entry))
            }
        }
        node.routes = routes
        node.groups = groups
        node.version = tree.version
        node.record.subscribers = routes.count + groups.count
    }

    /// Sends a message to all its subscribers: at once where nothing waits, else it is kept once for all.
    mutating func distribute(
        _ node: TopicNode, payload: RawSpan, properties: RawSpan, expiresAt: Int64, qos: QoS, retain: Bool,
        from publisher: Session?, at now: Moment
    ) {
        if node.version != tree.version { resolve(node) }
        let isShared = !node.groups.isEmpty
        guard isShared || !node.routes.isEmpty else { return }
        templates.reset()
        var message: Message?
        for place in 0..<node.routes.count {
            let route = node.routes[place]
            if route.hasNoLocal, let publisher, route.session === publisher {
                // [MQTT-3.8.3-3]
                guard let other = nonLocal(node, publisher) else { continue }
                deliver(
                    other, node, &message, payload, properties, expiresAt, qos, retain, from: publisher, at: now)
            } else {
                deliver(
                    route, node, &message, payload, properties, expiresAt, qos, retain, from: publisher, at: now)
            }
        }
        guard isShared else { return }
        for group in node.groups {
            guard let entry = group.next(qos: qos),
                access.authorize(entry.session.principal, as: entry.session.worker, .receive, node.name).isAllowed
            else { continue }
            deliver(
                Route(entry), node, &message, payload, properties, expiresAt, qos, retain, from: publisher, at: now)
        }
    }

    /// What is left for a session of its own message when its No Local subscriptions are passed over.
    private func nonLocal(_ node: TopicNode, _ session: Session) -> Route? {
        var route: Route?
        for entry in tree.match(node.name).entries where entry.session === session && !entry.noLocal {
            if route == nil { route = Route(entry) } else { route?.add(entry) }
        }
        return route
    }

    @inline(__always)
    mutating func deliver(
        _ route: Route, _ node: TopicNode, _ message: inout Message?, _ payload: RawSpan, _ properties: RawSpan,
        _ expiresAt: Int64, _ published: QoS, _ retain: Bool, from publisher: Session?, at now: Moment
    ) {
        let session = route.session
        let qos = published.capped(at: route.qos)
        let keepsRetain = retain && route.retainAsPublished
        if !qos.isAcknowledged {
            guard let connection = session.connection else { return }
            if session.queuedLightly == 0, holdings.buffers < bufferBound {
                let size = PublishSize(
                    topic: node.name.count, hasID: false, version: connection.version,
                    properties: properties.byteCount, hasExpiry: expiresAt != .max, identifiers: route.identifiers,
                    payload: payload.byteCount)
                let first = PublishView.firstByte(qos: .atMostOnce, retain: keepsRetain, duplicate: false)
                write(
                    first, size, node, id: 0, properties, expiresAt, route.identifiers, payload,
                    isOnly: node.routes.count == 1, to: connection, session, at: now)
                if connection.outbox.count > limits.outboxHigh {
                    press(publisher?.connection, for: connection, at: now)
                    if connection.outbox.count > connection.outboxBound { overdue.append(connection) }
                }
                return
            }
        }
        let kept: Message
        if let message {
            kept = message
        } else {
            kept = Message(
                topic: node, payload: payload.copy(0..<payload.byteCount),
                properties: properties.byteCount == 0 ? [] : properties.copy(0..<properties.byteCount),
                expiresAt: expiresAt, qos: published, retain: retain, at: now)
            message = kept
        }
        let delivery = Delivery(kept, qos: qos, retain: keepsRetain, identifiers: route.identifiers)
        enqueue(delivery, session, from: publisher, isOnly: node.routes.count == 1, at: now)
    }

    /// Writes one PUBLISH into an outbox; what the client finds too large is as good as sent. [MQTT-3.1.2-25]
    @inline(__always)
    private mutating func write(
        _ first: UInt8, _ size: PublishSize, _ node: TopicNode, id: UInt16, _ properties: RawSpan, _ expiresAt: Int64,
        _ identifiers: [Int], _ payload: RawSpan, isOnly: Bool, to connection: Connection, _ session: Session,
        at now: Moment
    ) {
        guard size.whole <= connection.packetOut else { return }
        list(connection, at: now)
        let expiry = expiresAt == .max ? nil : Broker.seconds(until: expiresAt, now)
        if connection.aliasesOut.isUsed {
            writeAliased(first, size, node, id: id, properties, expiry, identifiers, payload, to: connection)
        } else if isOnly || !identifiers.isEmpty {
            connection.outbox.appendPublish(
                first, size: size, topic: node.name, id: id, version: connection.version, properties: properties,
                expiry: expiry, identifiers: identifiers, payload: payload)
        } else {
            templates.append(
                to: &connection.outbox, firstByte: first, id: id, size: size, topic: node.name,
                version: connection.version, properties: properties, expiry: expiry, payload: payload)
        }
        session.record.sentMessages &+= 1
        session.record.sentBytes &+= Int64(payload.byteCount)
    }

    /// Writes a PUBLISH to a client that allows aliases: the first of a topic says which, later ones say only that.
    private func writeAliased(
        _ first: UInt8, _ plain: PublishSize, _ node: TopicNode, id: UInt16, _ properties: RawSpan, _ expiry: UInt32?,
        _ identifiers: [Int], _ payload: RawSpan, to connection: Connection
    ) {
        let known = connection.aliasesOut.alias(of: node)
        var (topic, size, own) = (node.name, plain, properties.copy(0..<properties.byteCount))
        if let alias = known ?? connection.aliasesOut.next {
            var aliased: [UInt8] = []
            Property.topicAlias(alias).encode(into: &aliased)
            aliased += own
            let name = known == nil ? node.name : []
            let aliasedSize = PublishSize(
                topic: name.count, hasID: id != 0, version: .v5, properties: aliased.count, hasExpiry: expiry != nil,
                identifiers: identifiers, payload: payload.byteCount)
            // [MQTT-3.1.2-24]
            if aliasedSize.whole <= connection.packetOut {
                if known == nil { connection.aliasesOut.give(node) }
                (topic, size, own) = (name, aliasedSize, aliased)
            }
        }
        connection.outbox.appendPublish(
            first, size: size, topic: topic, id: id, version: .v5, properties: own.span.bytes, expiry: expiry,
            identifiers: identifiers, payload: payload)
    }

    /// What is left of a message's time. [MQTT-3.3.2-6]
    private static func seconds(until expiresAt: Int64, _ now: Moment) -> UInt32 {
        UInt32(clamping: (expiresAt - now.nanoseconds + 999_999_999) / 1_000_000_000)
    }

    /// A message that must arrive, or must not overtake one that waits.
    mutating func enqueue(
        _ delivery: Delivery, _ session: Session, from publisher: Session?, isOnly: Bool, at now: Moment
    ) {
        let connection = session.connection
        if let connection, session.queue.isEmpty, canSend(session, connection, limits.outboxHigh),
            delivery.qos.isAcknowledged, holdings.buffers < bufferBound
        {
            sendNow(delivery, session, connection, isOnly: isOnly, at: now)
            return
        }
        let hasRoom =
            delivery.isKept
            ? session.queuedKept < limits.retained
            : session.queuedLate < limits.queued && session.queuedBytes < limits.queuedBytes
        guard hasRoom else {
            // Never silently: the count is noted, and a reader that is there and too slow is cut. [T-24]
            if session.dropped == 0 { losers.append(session) }
            session.dropped += 1
            if let connection { overdue.append(connection) }
            return
        }
        session.queue.append(delivery)
        session.count(delivery, by: 1)
        guard let connection else { return }
        // Usually something is under way that asks for more when it is over; what waits for want of memory is asked for.
        if !connection.isListed, holdings.buffers >= bufferBound { list(connection, at: now) }
        if session.queuedLate > limits.queueHigh || session.queuedBytes > limits.queueHighBytes {
            press(publisher?.connection, for: connection, at: now)
        }
    }

    /// Whether one more message of QoS 1 or 2 may go out. [MQTT-4.9.0-2]
    @inline(__always)
    private func canSend(_ session: Session, _ connection: Connection, _ most: Int) -> Bool {
        session.quota > 0 && session.resent >= session.inFlight.count
            && session.inFlight.count < limits.inFlight
            && connection.outbox.count < most
    }

    private mutating func sendNow(
        _ delivery: Delivery, _ session: Session, _ connection: Connection, isOnly: Bool, at now: Moment
    ) {
        let message = delivery.message
        let size = size(of: delivery, connection)
        guard size.whole <= connection.packetOut else { return spend(delivery, session) }
        var sent = delivery
        sent.state = .sent
        sent.sentAt = now.nanoseconds
        let id = session.inFlight.append(sent)
        session.resent = session.inFlight.count
        session.quota -= 1
        let first = PublishView.firstByte(qos: delivery.qos, retain: delivery.retain, duplicate: false)
        let (payload, properties) = (message.payload, message.properties)
        write(
            first, size, message.topic, id: id, properties.span.bytes, message.expiresAt,
            delivery.identifiers, payload.span.bytes, isOnly: isOnly, to: connection, session, at: now)
    }

    /// A message that is given up when its turn comes takes its identifier with it, as if it had been sent.
    /// [MQTT-3.1.2-25]
    private func spend(_ delivery: Delivery, _ session: Session) {
        guard !session.inFlight.isFull else { return }
        let id = session.inFlight.append(delivery)
        _ = session.inFlight.finish(id)
        session.resent = session.inFlight.count
    }

    private func size(of delivery: Delivery, _ connection: Connection) -> PublishSize {
        let message = delivery.message
        return PublishSize(
            topic: message.topic.name.count, hasID: delivery.qos.isAcknowledged, version: connection.version,
            properties: message.properties.count, hasExpiry: message.expiresAt != .max,
            identifiers: delivery.identifiers, payload: message.payload.count)
    }

    /// Sends again what was under way when the last connection ended, then what waits, as far as it goes.
    mutating func pump(_ session: Session, upTo most: Int, at now: Moment) {
        guard let connection = session.connection else { return }
        while session.resent < session.inFlight.count, hasRoom(connection, most) {
            guard resendNext(session, connection, at: now) else { return }
        }
        while let next = session.queue.first, hasRoom(connection, most) {
            if next.message.isExpired(at: now) {
                // [MQTT-3.3.2-5]
                takeFirst(of: session)
                if next.qos.isAcknowledged { spend(next, session) }
                continue
            }
            if !next.qos.isAcknowledged {
                takeFirst(of: session)
                let first = PublishView.firstByte(qos: .atMostOnce, retain: next.retain, duplicate: false)
                let message = next.message
                let (payload, properties) = (message.payload, message.properties)
                write(
                    first, size(of: next, connection), message.topic, id: 0, properties.span.bytes,
                    message.expiresAt, next.identifiers, payload.span.bytes, isOnly: true, to: connection,
                    session, at: now)
            } else {
                guard canSend(session, connection, most) else { return }
                takeFirst(of: session)
                sendNow(next, session, connection, isOnly: true, at: now)
            }
        }
    }

    /// Copies are made in small portions when memory is short; one message may always go, or nothing would ever get
    /// less. [T-70]
    @inline(__always)
    private func hasRoom(_ connection: Connection, _ most: Int) -> Bool {
        guard pressure > .none else { return connection.outbox.count < most }
        return connection.outbox.isEmpty
            || (connection.outbox.count < limits.outboxLow && holdings.buffers < bufferBound)
    }

    /// Whether something waits that could go once the outbox is empty.
    @inline(__always)
    func canGoOn(_ session: Session, _ connection: Connection) -> Bool {
        if session.resent < session.inFlight.count { return session.quota > 0 }
        guard let next = session.queue.first else { return false }
        return !next.qos.isAcknowledged || canSend(session, connection, limits.outboxHigh)
    }

    private func takeFirst(of session: Session) {
        guard let taken = session.queue.popFirst() else { return }
        session.count(taken, by: -1)
    }

    /// What is sent again goes in the order it had, unless the client takes so few messages that a PUBREL would wait for
    /// one of them: its quota is for messages only. Then they go first. [MQTT-4.6.0-4, MQTT-4.9.0-3]
    private mutating func releaseFirst(_ session: Session, _ connection: Connection, at now: Moment) {
        session.releasedFirst = session.inFlight.outstanding > session.quota
        guard session.releasedFirst else { return }
        for place in 0..<session.inFlight.count {
            guard let (id, delivery) = session.inFlight.at(place), case .released = delivery.state else { continue }
            release(id, session, connection, at: now)
        }
    }

    /// Its PUBCOMP gives back what it did not take on this connection. [MQTT-3.3.4-9]
    private mutating func release(_ id: UInt16, _ session: Session, _ connection: Connection, at now: Moment) {
        session.quota -= 1
        acknowledge(.pubRel, id, to: connection, at: now)
    }

    /// The next message or PUBREL that was not answered on the last connection, under its old identifier; false if
    /// the client takes no more now. [MQTT-4.4.0-1]
    private mutating func resendNext(_ session: Session, _ connection: Connection, at now: Moment) -> Bool {
        guard let (id, delivery) = session.inFlight.at(session.resent) else { return false }
        switch delivery.state {
        case .waiting, .done: break
        case .released:
            if !session.releasedFirst { release(id, session, connection, at: now) }
        case .sent:
            guard session.quota > 0 else { return false }
            let message = delivery.message
            let size = size(of: delivery, connection)
            session.quota -= 1
            if size.whole > connection.packetOut {
                session.resent += 1
                finish(id, session)
                return true
            }
            // [MQTT-3.3.1-1]
            let first = PublishView.firstByte(qos: delivery.qos, retain: delivery.retain, duplicate: true)
            let (payload, properties) = (message.payload, message.properties)
            write(
                first, size, message.topic, id: id, properties.span.bytes, message.expiresAt,
                delivery.identifiers, payload.span.bytes, isOnly: true, to: connection, session, at: now)
        }
        session.resent += 1
        return true
    }

    /// A message under way is over, one way or the other.
    func finish(_ id: UInt16, _ session: Session) {
        let gone = session.inFlight.finish(id)
        session.resent = max(0, session.resent - gone)
        session.quota = min(session.quota + 1, session.receiveMaximum)
    }

    func dropLightMessages(of session: Session) {
        guard session.queuedLightly > 0 else { return }
        session.filterQueue { $0.qos.isAcknowledged }
    }

    /// A session taken up again: what it may still have is sent. [T-33, T-35]
    mutating func replay(_ session: Session, at now: Moment) {
        if session.principal != .open {
            let (principal, worker) = (session.principal, session.worker)
            for entry in session.subscriptions.values
            where !access.authorize(principal, as: worker, .subscribe, entry.filter.bytes).isAllowed {
                tree.remove(entry)
                session.subscriptions[entry.filter] = nil
            }
            session.filterQueue {
                access.authorize(principal, as: worker, .receive, $0.message.topic.name).isAllowed
            }
            dropLightMessages(of: session)
        }
        if let connection = session.connection { releaseFirst(session, connection, at: now) }
        pump(session, upTo: limits.outboxHigh, at: now)
    }
}
