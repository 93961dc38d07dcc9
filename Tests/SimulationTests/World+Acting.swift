import BrokerCore
import MQTT

/// What clients do of their own accord.
extension World {
    func act(_ client: SimulatedClient) throws {
        guard let link = client.link else {
            if chance(60) { try connect(client) }
            return
        }
        guard link.phase == .open else {
            if chance(3) { try end(link, .peerClosed) }
            return
        }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<64: try publish(link)
        case 64..<80: subscribe(link)
        case 80..<86: unsubscribe(link)
        case 86..<92: link.send(.pingRequest)
        case 92..<95: if link.outgoing.isEmpty { leave(link) }
        case 95..<97: try connect(client)
        default: try end(link, chance(50) ? .peerClosed : .failed("connection reset"))
        }
    }

    /// A new connection, perhaps while an older one stands: the broker has to end that.
    func connect(_ client: SimulatedClient, again: Bool = false) throws {
        if let older = client.link {
            // An older CONNECT on its way could win against the newer: a client waits for its end first.
            guard older.phase != .greeting else { return try end(older, .peerClosed) }
            older.isAbandoned = true
            client.link = nil
            // A session that does not outlive its connection ends with the older one, unless the newer is refused.
            if older.expiry == 0 { client.isUncertain = true }
        }
        // Who asked for a clean start and heard no answer asks again: only then both sides know the same.
        let cleanStart = client.wantsCleanStart || (!again && chance(25))
        client.wantsCleanStart = cleanStart
        let expiry: Int64
        var properties = Properties()
        var receiveMaximum = 65_535
        var aliasMaximum: UInt16 = 0
        switch client.version {
        case .v311: expiry = cleanStart ? 0 : Int64(limits.sessionExpiry)
        case .v5:
            expiry = [0, 20, 3_600, 3_600].randomElement(using: &random) ?? 0
            properties.append(.sessionExpiryInterval(UInt32(expiry)))
            if chance(60) {
                receiveMaximum = Int.random(in: 1...8, using: &random)
                properties.append(.receiveMaximum(UInt16(receiveMaximum)))
            }
            if chance(50) {
                aliasMaximum = UInt16.random(in: 1...4, using: &random)
                properties.append(.topicAliasMaximum(aliasMaximum))
            }
        }
        let (will, number) = makeWill(client)
        let delay = Int64(will?.properties.willDelayInterval ?? 0)
        // What a will waited for has come, if the session goes on; if it does not, the wait is over.
        if cleanStart || expiry == 0 { letWillsCome(of: client) }
        if let source = client.place.source {
            let verdict = broker.verdict(on: source, as: 0, leaving: 1, at: now)
            try demand(verdict == .enter, "there is room at the door for \(client.name)")
        }
        let connection = broker.accepted(
            Peer(
                listener: client.principal == .open ? .open : .workers, principal: client.principal,
                address: client.place.address, fingerprint: client.fingerprint, source: client.place.source,
                acceptedAt: now), at: now)
        try demand(!links.contains { $0.id == connection }, "a connection's name is given twice")
        let link = Link(
            id: connection, client: client, cleanStart: cleanStart, expiry: expiry, receiveMaximum: receiveMaximum,
            aliasMaximum: aliasMaximum, will: number, willDelay: delay)
        links.append(link)
        client.link = link
        note("\(client.name) connects, clean \(cleanStart), expiry \(expiry)")
        link.send(
            .connect(
                Connect(
                    version: client.version, clientID: client.id, cleanStart: cleanStart,
                    keepAlive: again ? 0 : [0, 5, 60].randomElement(using: &random) ?? 0, properties: properties,
                    will: will)))
        try perform()
    }

    private func makeWill(_ client: SimulatedClient) -> (Will?, Int?) {
        guard chance(40), let topic = client.isWorker ? client.topics.first : topic("will/\(client.name)") else {
            return (nil, nil)
        }
        guard client.principal == .open || client.isWorker else { return (nil, nil) }
        let number = book.write(by: client.id, to: topic, .atLeastOnce, kind: .will)
        book[number].sends = 1
        var properties = Properties()
        if client.version == .v5, let delay = pick([0, 0, 1, 4, 30] as [UInt32]), delay > 0 {
            properties.append(.willDelayInterval(delay))
        }
        return (Will(topic: topic, payload: Book.payload(number), qos: .atLeastOnce, properties: properties), number)
    }

    private func publish(_ link: Link) throws {
        let client = link.client
        guard let session = client.session, let qos: QoS = pick([.atMostOnce, .atLeastOnce, .exactlyOnce]) else {
            return
        }
        var topic = pick(client.topics)
        let isForbidden = chance(1)
        if isForbidden { topic = client.foreign?.topic }
        guard let topic, qos == .atMostOnce || session.outstanding.count < link.sendMaximum else { return }
        let retain = client.principal == .open && topic.bytes.starts(with: Array("kept".utf8)) && chance(50)
        let number = book.write(by: client.id, to: topic, qos, retain: retain, isForbidden: isForbidden)
        book[number].sentAt = step
        book[number].sends = 1
        book[number].saidAt = now.wall
        let padding = chance(3) ? 9_000 : Int.random(in: 0...60, using: &random)
        var publish = Publish(
            topic: topic, payload: Book.payload(number, padding: padding), qos: qos, retain: retain)
        if client.version == .v5, chance(15), let seconds = pick([0, 1, 2, 20] as [UInt32]) {
            book[number].expiry = seconds
            publish.properties.append(.messageExpiryInterval(seconds))
        }
        if qos > .atMostOnce {
            publish.packetID = session.freshID()
            session.outstanding.append(publish.packetID)
            session.publishes[publish.packetID] = KnownSession.Outstanding(number: number, publish: publish)
            if qos == .atLeastOnce {
                link.awaitingPubAck.append(publish.packetID)
            } else {
                link.awaitingPubRec.append(publish.packetID)
            }
        }
        note("\(client.name) sends \(number) at \(qos), id \(publish.packetID)")
        link.send(.publish(aliased(publish, on: link)))
    }

    /// The same message, perhaps under a number in place of its topic.
    private func aliased(_ publish: Publish, on link: Link) -> Publish {
        guard link.sendAliasMaximum > 0, chance(40) else { return publish }
        let alias = UInt16.random(in: 1...min(link.sendAliasMaximum, 3), using: &random)
        var aliased = publish
        aliased.properties.append(.topicAlias(alias))
        if link.givenAliases[alias] == publish.topic, chance(80) { aliased.topic = nil }
        link.givenAliases[alias] = publish.topic
        return aliased
    }

    private func subscribe(_ link: Link) {
        guard let session = link.client.session, link.subscribing.isEmpty else { return }
        let asked = chance(2) ? link.client.foreign?.filter : pick(link.client.filters)
        guard let asked, let qos: QoS = pick([.atMostOnce, .atLeastOnce, .exactlyOnce, .exactlyOnce]) else { return }
        let id = session.freshID()
        // What stood before may end as soon as the broker reads this.
        session.endInterest(in: asked, at: step)
        var subscription = Subscription(filter: asked, maximumQoS: qos)
        if link.client.version == .v5 {
            let options = link.client.habits(for: asked)
            subscription.noLocal = options.noLocal && !asked.isShared
            subscription.retainAsPublished = options.retainAsPublished
            subscription.retainHandling = options.retainHandling
        }
        session.asked.append(subscription)
        link.subscribing[id] = [subscription]
        link.send(.subscribe(Subscribe(packetID: id, subscriptions: [subscription])))
    }

    private func unsubscribe(_ link: Link) {
        guard let session = link.client.session, let filter = pick(link.client.filters), link.unsubscribing.isEmpty,
            link.subscribing.isEmpty
        else { return }
        let id = session.freshID()
        session.endInterest(in: filter, at: step)
        note("\(link.client.name) unsubscribes")
        link.unsubscribing[id] = [filter]
        link.send(.unsubscribe(Unsubscribe(packetID: id, filters: [filter])))
    }

    private func leave(_ link: Link) {
        let withWill = link.client.version == .v5 && chance(30)
        link.send(.disconnect(Disconnect(reason: withWill ? .disconnectWithWill : .success)))
        link.takesWillBack = !withWill
        link.phase = .leaving
        note("\(link.client.name) leaves")
    }

    /// The client sends what it owes, in order, some of it.
    func answer(_ link: Link) {
        let count = isSettling ? link.answers.count : Int.random(in: 1...link.answers.count, using: &random)
        for packet in link.answers.prefix(count) {
            switch packet {
            case .pubAck(let acknowledgement), .pubComp(let acknowledgement):
                link.unfinished.remove(acknowledgement.packetID)
            default: break
            }
            link.send(packet)
        }
        link.answers.removeFirst(count)
    }

    /// A pool's certificate is replaced: its connections and sessions end.
    func revoke(_ client: SimulatedClient) throws {
        guard let fingerprint = client.fingerprint else { return }
        note("\(fingerprint) is revoked")
        for other in clients where other.fingerprint == fingerprint {
            other.generation += 1
            other.isUncertain = true
            other.waitingWills = []
            if other.link == nil { other.session = nil }
        }
        for link in links where link.client.principal == client.principal { link.isRevoked = true }
        broker.revoked(client.principal, fingerprint: fingerprint, at: now)
        try perform()
    }
}
