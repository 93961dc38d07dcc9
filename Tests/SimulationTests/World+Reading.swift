import BrokerCore
import MQTT

/// What clients read, and whether it may stand there.
extension World {
    func read(_ link: Link) throws {
        while isOpen(link), let header = try header(link.incoming), header.length <= link.incoming.count {
            let whole = Array(link.incoming.prefix(header.length))
            link.incoming.removeFirst(header.length)
            let packet: Packet
            do throws(MalformedPacket) {
                packet = try Packet.decode(whole.span.bytes, version: link.client.version)
            } catch {
                throw Violation("the broker sent what is no packet (\(error.what)): \(whole.prefix(40))")
            }
            try receive(packet, on: link)
        }
    }

    private func header(_ bytes: [UInt8]) throws -> FixedHeader? { try FixedHeader.parse(bytes.span.bytes) }

    private func receive(_ packet: Packet, on link: Link) throws {
        if case .connAck(let answer) = packet { return try connected(answer, link) }
        // [MQTT-3.2.0-1]
        try demand(link.phase != .greeting, "CONNACK comes first: \(packet)")
        // A client that left or came back elsewhere reads no more.
        guard !link.isAbandoned, link.phase == .open, let session = link.client.session else { return }
        switch packet {
        case .connAck: return
        case .publish(let publish): try received(try named(publish, link), session, link)
        case .pubAck(let answer): try acknowledged(answer, session, link)
        case .pubRec(let answer): try taken(answer, session, link)
        case .pubRel(let release):
            session.unreleased[release.packetID] = nil
            link.answers.append(.pubComp(Acknowledgement(packetID: release.packetID)))
        case .pubComp(let answer): try completed(answer, session)
        case .subAck(let answer): try granted(answer, session, link)
        case .unsubAck(let answer):
            try demand(link.unsubscribing.removeValue(forKey: answer.packetID) != nil, "an UNSUBACK nobody waits for")
        case .pingResponse: return
        case .disconnect(let goodbye):
            try demand(link.client.version == .v5, "a server's DISCONNECT is of MQTT 5")
            try demand(
                [
                    .notAuthorized, .sessionTakenOver, .keepAliveTimeout, .serverBusy, .quotaExceeded,
                    .implementationSpecificError, .unspecifiedError, .messageRateTooHigh,
                ].contains(goodbye.reason), "a reason for the goodbye that nobody gave: \(goodbye.reason)")
            link.phase = .leaving
        case .connect, .subscribe, .unsubscribe, .pingRequest, .auth:
            throw Violation("a packet no server sends: \(packet)")
        }
    }

    private func connected(_ answer: ConnAck, _ link: Link) throws {
        try demand(link.phase == .greeting, "one CONNACK")
        guard answer.reason == .success else {
            try demand(
                [.connectionRateExceeded, .serverBusy, .serverUnavailable].contains(answer.reason),
                "a good CONNECT was refused: \(answer.reason)")
            if answer.properties.reasonString.map({ String(decoding: $0, as: UTF8.self) }) == "it failed too often" {
                try demand(
                    link.client.fingerprint != nil && link.client.faults >= limits.failuresPerIdentity,
                    "\(link.client.name) pays for another")
            }
            link.phase = .leaving
            link.isRefused = true
            return
        }
        link.phase = .open
        guard !link.isAbandoned else { return }
        if let most = answer.properties.receiveMaximum { link.sendMaximum = Int(most) }
        link.sendAliasMaximum = answer.properties.topicAliasMaximum ?? 0
        note("\(link.client.name) is connected, session present \(answer.sessionPresent)")
        try checkPresence(answer.sessionPresent, link)
        let known = answer.sessionPresent ? link.client.session : nil
        let session = known ?? KnownSession(client: link.client.id)
        link.client.session = session
        if link.client.isUncertain {
            // It may be another one than the client remembers: made by a CONNECT whose answer was not heard.
            session.interests = []
            for outstanding in session.publishes.values { book[outstanding.number].sends += 1 }
        }
        link.client.isUncertain = false
        link.client.wantsCleanStart = false
        session.expiresAt = nil
        if answer.sessionPresent {
            takeWillsBack(of: link.client, at: (link.greetedAt ?? now).wall)
        } else {
            letWillsCome(of: link.client)
        }
        if answer.sessionPresent { resume(session, link) }
    }

    /// What CONNACK says of the session is true. [MQTT-3.2.2-2, MQTT-3.2.2-3]
    private func checkPresence(_ isPresent: Bool, _ link: Link) throws {
        let client = link.client
        guard !link.cleanStart else { return try demand(!isPresent, "a clean start finds no session") }
        guard !client.isUncertain else { return }
        guard let known = client.session else {
            return try demand(!isPresent, "a session \(client.name) never left")
        }
        let left = known.expiresAt.map { $0 - (link.greetedAt ?? now).wall } ?? .max
        if left > 1_000 { try demand(isPresent, "the session of \(client.name) is kept until its end") }
        if left < -1_000 { try demand(!isPresent, "the session of \(client.name) has ended") }
    }

    /// What was not acknowledged is sent again, in order, with its identifier. [MQTT-4.4.0-1]
    private func resume(_ session: KnownSession, _ link: Link) {
        for id in session.outstanding {
            guard let outstanding = session.publishes[id] else { continue }
            if book[outstanding.number].isForbidden {
                // It was closed for this before: a client that goes on so is never done.
                session.publishes[id] = nil
                session.outstanding.removeAll { $0 == id }
                continue
            }
            if outstanding.isReceived {
                link.send(.pubRel(Acknowledgement(packetID: id)))
                continue
            }
            var publish = outstanding.publish
            publish.duplicate = true
            note("\(link.client.name) sends \(outstanding.number) again")
            if publish.qos == .atLeastOnce {
                book[outstanding.number].sends += 1
                link.awaitingPubAck.append(id)
            } else {
                link.awaitingPubRec.append(id)
            }
            link.send(.publish(publish))
        }
    }

    /// The message under its topic, if it came under a number. [MQTT-3.3.2-11]
    private func named(_ publish: Publish, _ link: Link) throws -> Publish {
        guard let alias = publish.properties.topicAlias else { return publish }
        try demand((1...max(1, link.aliasMaximum)).contains(alias) && link.aliasMaximum > 0, "no such alias: \(alias)")
        guard publish.topic == nil else {
            link.toldAliases[alias] = publish.topic
            return publish
        }
        var named = publish
        named.topic = link.toldAliases[alias]
        return named
    }

    private func received(_ publish: Publish, _ session: KnownSession, _ link: Link) throws {
        guard let topic = publish.topic else { throw Violation("a message without a topic") }
        let client = link.client
        let asked = session.asked.filter { $0.filter.matches(topic) }
        try demand(!asked.isEmpty, "\(client.name) never asked for \(topic.bytes)")
        if client.isWorker {
            try demand(client.filters.contains { $0.matches(topic) }, "\(client.name) has no right to what it got")
        }
        let number = try book.number(in: publish.payload)
        let entry = book[number]
        note("\(client.name) gets \(number) at \(publish.qos), id \(publish.packetID), again \(publish.duplicate)")
        try demand(entry.topic == topic, "message \(number) came under another topic")
        try demand(publish.qos <= entry.qos, "message \(number) came at a higher QoS than it was sent")
        try demand(!entry.isForbidden, "message \(number) was passed on though its sender had no right to its topic")
        try demand(!entry.isRevoked, "the will \(number) was taken back")
        try demand(!publish.retain || entry.retain, "message \(number) was not retained")
        try demand(entry.notBefore <= now.wall, "the will \(number) came before its time")
        try checkOptions(publish, entry, asked, client)
        try checkTime(publish, entry, client)
        let isNew = try registered(publish, number, session, link)
        if isNew, !publish.retain { try count(number, entry, publish, session, client) }
        if isNew, sharers.contains(where: { $0 === client }) { try countInShare(entry, publish.qos, session) }
        session.received.insert(number)
    }

    /// Packet identifiers and quotas; says whether the message is new to the client.
    private func registered(
        _ publish: Publish, _ number: Int, _ session: KnownSession, _ link: Link
    ) throws -> Bool {
        let id = publish.packetID
        guard publish.qos > .atMostOnce else { return true }
        // [MQTT-2.2.1-4, MQTT-4.9.0-2]
        try demand(!link.unfinished.contains(id), "identifier \(id) is given to two messages at once")
        link.unfinished.insert(id)
        try demand(
            link.unfinished.count <= link.receiveMaximum,
            "\(link.unfinished.sorted()) are in flight to \(link.client.name), which takes \(link.receiveMaximum)")
        guard publish.qos == .exactlyOnce else {
            link.answers.append(.pubAck(Acknowledgement(packetID: id)))
            return !publish.duplicate
        }
        link.answers.append(.pubRec(Acknowledgement(packetID: id)))
        if let known = session.unreleased[id] {
            // [MQTT-4.3.3-10]
            try demand(known == number, "identifier \(id) was not released and came with another message")
            try demand(publish.duplicate, "message \(number) came again as a new one")
            return false
        }
        session.unreleased[id] = number
        return true
    }

    private func acknowledged(_ answer: Acknowledgement, _ session: KnownSession, _ link: Link) throws {
        let id = answer.packetID
        guard let outstanding = session.publishes[id], outstanding.publish.qos == .atLeastOnce else {
            throw Violation("a PUBACK nobody waits for: \(id)")
        }
        // A refusal may overtake what waits for the queue.
        try demand(
            link.awaitingPubAck.first == id || answer.reason.isError,
            "PUBACKs come in the order of their messages: \(id) before \(link.awaitingPubAck)")
        link.awaitingPubAck.removeAll { $0 == id }
        try accepted(outstanding.number, answer, link.client)
        session.publishes[id] = nil
        session.outstanding.removeAll { $0 == id }
    }

    private func taken(_ answer: Acknowledgement, _ session: KnownSession, _ link: Link) throws {
        let id = answer.packetID
        guard let outstanding = session.publishes[id], outstanding.publish.qos == .exactlyOnce else {
            throw Violation("a PUBREC nobody waits for: \(id)")
        }
        try demand(
            link.awaitingPubRec.first == id || answer.reason.isError,
            "PUBRECs come in the order of their messages: \(id) before \(link.awaitingPubRec)")
        link.awaitingPubRec.removeAll { $0 == id }
        try accepted(outstanding.number, answer, link.client)
        if answer.reason.isError {
            session.publishes[id] = nil
            session.outstanding.removeAll { $0 == id }
        } else {
            session.publishes[id]?.isReceived = true
            link.send(.pubRel(Acknowledgement(packetID: id)))
        }
    }

    private func completed(_ answer: Acknowledgement, _ session: KnownSession) throws {
        let id = answer.packetID
        guard let outstanding = session.publishes[id], outstanding.isReceived else {
            throw Violation("a PUBCOMP nobody waits for: \(id)")
        }
        session.publishes[id] = nil
        session.outstanding.removeAll { $0 == id }
    }

    /// The promise: what a worker is told to be taken is safe by then. [MQTT-4.3.2-4, T-50]
    private func accepted(_ number: Int, _ answer: Acknowledgement, _ client: SimulatedClient) throws {
        let entry = book[number]
        if answer.reason.isError {
            try demand(entry.isForbidden, "message \(number) of \(client.name) was refused: \(answer.reason)")
            return
        }
        try demand(!entry.isForbidden, "message \(number) was accepted though its sender had no right to its topic")
        if client.isQueued {
            try demand(queue.safe.contains(number), "message \(number) was acknowledged before it was committed")
        }
        note("\(client.name) has its answer for \(number)")
        if entry.acknowledgedAt == nil { book[number].acknowledgedAt = step }
    }

    private func granted(_ answer: SubAck, _ session: KnownSession, _ link: Link) throws {
        guard let asked = link.subscribing.removeValue(forKey: answer.packetID) else {
            throw Violation("a SUBACK nobody waits for")
        }
        try demand(answer.reasons.count == asked.count, "a verdict for each filter")
        for (subscription, verdict) in zip(asked, answer.reasons) {
            if subscription.filter == link.client.foreign?.filter {
                try demand(verdict.isError, "\(link.client.name) was granted what it has no right to")
                session.asked.removeAll { $0.filter == subscription.filter }
            } else {
                try demand(verdict == .granted(subscription.maximumQoS), "a good filter was refused: \(verdict)")
                note("\(link.client.name) has subscribed at \(subscription.maximumQoS)")
                session.subscribed(subscription, at: step)
            }
        }
    }
}
