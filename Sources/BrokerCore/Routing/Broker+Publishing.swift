import AdminProtocol
import MQTT

/// PUBLISH: may it, where does it go, and when is it acknowledged.
extension Broker {
    /// What the properties of a PUBLISH say to the broker itself, and what is passed on.
    private struct Said {
        var alias: UInt16?
        var expiry: UInt32?
        var responseTopic: [UInt8]?
        var correlation: [UInt8]?
        /// The properties to pass on, as they came. [MQTT-3.3.2-17, MQTT-3.3.2-18]
        var passedOn: [UInt8] = []
    }

    mutating func publish(
        _ bytes: RawSpan, at place: Int, _ header: FixedHeader, from connection: Connection, at now: Moment
    ) throws(MalformedPacket) {
        guard let session = connection.session else { return }
        let view = try PublishView(bytes, at: place, header: header, version: connection.version)
        let said = view.properties.isEmpty ? nil : try read(bytes, view.properties, connection.mostUserProperties)
        let topic = try topic(of: view, bytes, alias: said?.alias, connection)
        let record = session.record
        record.receivedMessages &+= 1
        record.receivedBytes &+= Int64(view.payload.count)

        let grant: Grant
        if topic === connection.lastTopic {
            grant = connection.lastGrant
        } else {
            switch access.authorize(connection.peer.principal, as: session.worker, .publish, topic.name) {
            case .allowed(let allowed): grant = allowed
            case .refused(let refusal):
                return refused(view, topic, refusal, session, connection, at: now)
            }
            connection.lastTopic = topic
            connection.lastGrant = grant
        }
        if view.retain, connection.isWorker {
            return refusedRetain(topic, session, connection, at: now)
        }
        if view.qos.isAcknowledged, try isRepeated(view, session, connection, at: now) { return }
        if case .admin = grant { return request(bytes, view, said, connection, at: now) }
        // There is nobody left to be ended for it: it was not acknowledged, so it is sent again. [T-70]
        guard pressure < .full else {
            return close(connection, .serverBusy, as: .memory, "memory is full", at: now)
        }
        topic.count(view, at: now)
        if connection.isPaced { keepPace(connection, view.payload.count, at: now) }
        if pressure != .none { pause(connection, .memory, at: now) }

        let expiresAt = said?.expiry.map { now.nanoseconds &+ Int64($0) &* 1_000_000_000 } ?? Int64.max
        let payload = bytes.extracting(view.payload)
        let properties = said?.passedOn ?? []
        if view.retain {
            let message = Message(
                topic: topic, payload: bytes.copy(view.payload), properties: properties, expiresAt: expiresAt,
                qos: view.qos, at: now)
            guard keep(message) else { return refusedStore(view, session, connection, at: now) }
        }
        var isAnswered = false
        if case .exactlyOnce = view.qos, case .routed = grant {
            // Who hears its own message hears first that we have it.
            taken(view, 0, session, connection, isWanted: true, at: now)
            isAnswered = true
        }
        distribute(
            topic, payload: payload, properties: properties.span.bytes, expiresAt: expiresAt, qos: view.qos,
            retain: view.retain, from: session, at: now)
        var ticket: Ticket = 0
        if case .queued(let pool, let worker) = grant {
            observatory.inspect(payload: payload, of: record, at: now)
            ticket = handOver(bytes.copy(view.payload), pool: pool, worker: worker, for: connection, at: now)
        }
        if view.qos.isAcknowledged, !isAnswered {
            let isWanted = ticket != 0 || !topic.routes.isEmpty || !topic.groups.isEmpty
            taken(view, ticket, session, connection, isWanted: isWanted, at: now)
        }
    }

    private func read(
        _ bytes: RawSpan, _ range: Range<Int>, _ mostUserProperties: Int
    ) throws(MalformedPacket) -> Said {
        var said = Said()
        var hasIdentifier = false
        try Properties.walk(bytes, in: range, for: .publish, mostUserProperties: mostUserProperties) {
            property, place in
            switch property {
            case .topicAlias(let alias): said.alias = alias
            case .messageExpiryInterval(let seconds): said.expiry = seconds
            case .subscriptionIdentifier: hasIdentifier = true
            case .responseTopic(let topic):
                said.responseTopic = topic
                said.passedOn += bytes.copy(place)
            case .correlationData(let data):
                said.correlation = data
                said.passedOn += bytes.copy(place)
            default: said.passedOn += bytes.copy(place)
            }
        }
        // [MQTT-3.3.4-6]
        if hasIdentifier { throw MalformedPacket(.protocolError, "only a server sends subscription identifiers") }
        return said
    }

    /// The topic by name or alias; the one before is recognised by its bytes alone.
    @inline(__always)
    private mutating func topic(
        of view: PublishView, _ bytes: RawSpan, alias: UInt16?, _ connection: Connection
    ) throws(MalformedPacket) -> TopicNode {
        if alias == nil, let last = connection.lastTopic, last.name.isEqual(to: bytes, view.topic) { return last }
        let place = alias.map { Int($0) - 1 }
        if let place, place >= connection.aliasMaximum {
            // [MQTT-3.3.2-9]
            throw MalformedPacket(.topicAliasInvalid, "the topic alias is above the maximum")
        }
        if view.topic.isEmpty {
            guard let place else { throw MalformedPacket(.protocolError, "a topic has at least one character") }
            guard place < connection.aliases.count, let known = connection.aliases[place] else {
                throw MalformedPacket(.protocolError, "the topic alias stands for nothing")
            }
            return known
        }
        let node = try topic(bytes, view.topic, connection)
        if let place {
            while connection.aliases.count <= place { connection.aliases.append(nil) }
            connection.aliases[place] = node
        }
        return node
    }

    private mutating func topic(
        _ bytes: RawSpan, _ range: Range<Int>, _ connection: Connection
    ) throws(MalformedPacket) -> TopicNode {
        if let known = topics.find(bytes, range) { return known }
        guard !connection.isWorker || range.count <= limits.workerTopicBytes else {
            throw MalformedPacket(.topicNameInvalid, "the topic is too long")
        }
        try TopicName.validate(bytes.extracting(range))
        let name = bytes.copy(range)
        let levels = connection.isWorker ? limits.workerTopicLevels : limits.topicLevels
        guard name.count(where: { $0 == .slash }) < levels else {
            throw MalformedPacket(.topicNameInvalid, "the topic has too many levels")
        }
        return remember(name)
    }

    /// The node of a topic that is known to be valid.
    mutating func node(of topic: TopicName) -> TopicNode {
        topics.find(topic.bytes.span.bytes, 0..<topic.bytes.count) ?? remember(topic.bytes)
    }

    private mutating func remember(_ name: [UInt8]) -> TopicNode {
        let node = TopicNode(name: name, record: observatory.topic(named: name), holdings: holdings)
        node.record.retainedUntil = retained.message(for: name)?.expiresAt ?? 0
        if name.count <= limits.rememberedTopicBytes { topics.insert(node) }
        return node
    }

    /// Stores or clears the message kept for a topic; false if there is no room for one more.
    private mutating func keep(_ message: Message) -> Bool {
        let name = message.topic.name
        if message.payload.isEmpty {
            retained.keep(nil, for: name)
        } else {
            if retained.count >= limits.retained, !retained.holds(name) {
                retained.forgetExpired(among: limits.retainedSearch, at: message.at)
                guard retained.count < limits.retained else { return false }
            }
            retained.keep(message, for: name)
        }
        message.topic.record.retainedUntil = message.payload.isEmpty ? 0 : message.expiresAt
        return true
    }

    /// Whether the client has sent it before (QoS 2), and whether it may send one more at all. [MQTT-4.3.3-10, T-11]
    private mutating func isRepeated(
        _ view: PublishView, _ session: Session, _ connection: Connection, at now: Moment
    ) throws(MalformedPacket) -> Bool {
        if view.qos == .exactlyOnce, let ticket = session.unreleased[view.packetID] {
            // On this connection it has its turn already.
            guard !connection.pending.contains(where: { $0.packetID == view.packetID && $0.qos == .exactlyOnce })
            else { return true }
            if let waiting = ledger.move(ticket, to: connection.id) {
                connection.waitingTickets += 1
                connection.waitingBytes += waiting.bytes
            }
            answer(view.packetID, view.qos, ticket, connection, at: now)
            return true
        }
        // [MQTT-3.3.4-7]
        if connection.version == .v5, connection.unreleased + connection.pendingOnce >= connection.receiveMaximum {
            throw MalformedPacket(.receiveMaximumExceeded, "more messages under way than the Receive Maximum")
        }
        guard session.unreleased.count < max(limits.unreleased, connection.receiveMaximum) else {
            throw MalformedPacket(.receiveMaximumExceeded, "too many messages that were not released")
        }
        return false
    }

    /// The message is the broker's now; the client hears so when the durable queue agrees. [MQTT-4.3.2-4]
    ///
    /// On the open listener it hears as well if nobody wanted it. [MQTT-3.4.2-1]
    @inline(__always)
    private mutating func taken(
        _ view: PublishView, _ ticket: Ticket, _ session: Session, _ connection: Connection, isWanted: Bool,
        at now: Moment
    ) {
        if case .exactlyOnce = view.qos {
            session.unreleased[view.packetID] = ticket
            connection.unreleased += 1
        }
        if !isWanted, connection.version == .v5, connection.isOpen, view.qos == .atLeastOnce,
            connection.pending.isEmpty
        {
            let verdict = Acknowledgement(packetID: view.packetID, reason: .noMatchingSubscribers)
            return send(.pubAck(verdict), to: connection, at: now)
        }
        answer(view.packetID, view.qos, ticket, connection, at: now)
    }

    /// An operator's request: acknowledged, then answered. [AD-7]
    private mutating func request(
        _ bytes: RawSpan, _ view: PublishView, _ said: Said?, _ connection: Connection, at now: Moment
    ) {
        guard let session = connection.session else { return }
        if view.qos != .atMostOnce { taken(view, 0, session, connection, isWanted: true, at: now) }
        if let topic = said?.responseTopic, topic.starts(with: Access.adminResponse) {
            connection.usesResponseTopic = true
        }
        adminRequest(
            bytes.extracting(view.payload), from: connection.id, responseTopic: said?.responseTopic,
            correlation: said?.correlation, at: now)
    }

    /// The will of somebody who is gone; says whether it was published. [T-32, T-62]
    mutating func publish(_ will: Will, of session: Session, at now: Moment) -> Bool {
        let mark = session.keptWill.map { WillMark(name: $0) }
        session.keptWill = nil
        return publish(
            will, session.principal, session.worker, session.record, from: session, mark: mark, to: .everyone, at: now)
    }

    /// The same for a client that an earlier start of the broker knew.
    mutating func publish(
        _ will: Will, _ principal: Principal, _ worker: ULID?, _ record: ClientRecord, from session: Session?,
        mark: WillMark?, to audience: WillAudience, at now: Moment
    ) -> Bool {
        guard case .allowed(let grant) = access.authorize(principal, as: worker, .will, will.topic.bytes) else {
            if let mark { forgetWill(mark.name) }
            return false
        }
        if case .queued(let pool, let worker) = grant {
            _ = handOver(will.payload, pool: pool, worker: worker, for: nil, will: mark, at: now)
        } else if let mark {
            forgetWill(mark.name)
        }
        guard audience == .everyone else { return true }
        let node = node(of: will.topic)
        var properties: [UInt8] = []
        for property in will.properties.list where property.isPassedOn { property.encode(into: &properties) }
        for property in mark?.properties ?? [] { property.encode(into: &properties) }
        let expiresAt =
            will.properties.messageExpiryInterval.map { now.nanoseconds &+ Int64($0) &* 1_000_000_000 } ?? Int64.max
        if will.retain {
            let message = Message(
                topic: node, payload: will.payload, properties: properties, expiresAt: expiresAt, qos: will.qos,
                at: now)
            // Nobody is left to be refused: who listens now hears it all the same, and the loss is said. [T-24]
            if !keep(message) { sayLoss(of: 1, Broker.noRoomForRetained, record, at: now) }
        }
        distribute(
            node, payload: will.payload.span.bytes, properties: properties.span.bytes, expiresAt: expiresAt,
            qos: will.qos, retain: will.retain, from: session, at: now)
        if case .queued = grant { observatory.inspect(payload: will.payload.span.bytes, of: record, at: now) }
        return true
    }
}

extension Property {
    fileprivate var isPassedOn: Bool {
        switch id {
        case .payloadFormatIndicator, .contentType, .responseTopic, .correlationData, .userProperty: true
        default: false
        }
    }
}

extension TopicNode {
    @inline(__always)
    fileprivate func count(_ view: PublishView, at now: Moment) {
        record.lastNanoseconds = now.nanoseconds
        record.messages &+= 1
        record.bytes &+= Int64(view.payload.count)
        switch view.qos {
        case .atMostOnce: record.qos0 &+= 1
        case .atLeastOnce: record.qos1 &+= 1
        case .exactlyOnce: record.qos2 &+= 1
        }
        if view.payload.count > record.largest { record.largest = view.payload.count }
    }
}
