import AdminProtocol
import MQTT

/// What happens to who may not: it is told in the way of its version, and the denial is noted.
extension Broker {
    mutating func note(
        _ refusal: Refusal, _ action: Denial.Action, _ topic: [UInt8], of connection: Connection,
        _ record: ClientRecord?, _ clientID: [UInt8], _ told: String, at now: Moment
    ) {
        denied(
            Denial(
                principal: connection.peer.principal, client: record, clientID: clientID,
                address: connection.peer.address, action: action, topic: topic, rule: refusal.rule,
                reason: refusal.reason, allowed: refusal.allowed, differingLevel: refusal.differingLevel,
                difference: refusal.sentence, outcome: told), at: now)
    }

    /// Somebody who is known was refused something: a row in Denied, a count, and a log line. [SD-16]
    mutating func denied(_ denial: Denial, at now: Moment) {
        observatory.note(.denied(denial), at: now)
        guard observatory.wouldLog(.warn, .access, denial.client) else { return }
        var fields = [
            ("client", DisplayText.of(denial.clientID)), ("connection", denial.address),
            ("action", denial.action.rawValue), ("rule", denial.rule), ("reason", denial.reason),
        ]
        if let topic = denial.topic {
            fields.append((denial.action == .subscribe ? "filter" : "topic", DisplayText.of(topic)))
        }
        observatory.log(.warn, .access, "denied", client: denial.client, fields: fields, at: now, into: &effects)
    }

    /// A PUBLISH to where the client may not: MQTT 5 can be told and stay, 3.1.1 is closed, because a PUBACK of it
    /// would promise what does not hold. [MQTT-3.3.5-2] (3.1.1)
    ///
    /// On the open listener, what somebody says in the broker's name at QoS 0 is not heard, and nothing else happens.
    mutating func refused(
        _ view: PublishView, _ topic: TopicNode, _ refusal: Refusal, _ session: Session, _ connection: Connection,
        at now: Moment
    ) {
        let isIgnored = connection.isOpen && topic.name.starts(with: Access.system)
        if !isIgnored { connection.denials += 1 }
        let isTold = connection.version == .v5 && view.qos != .atMostOnce && connection.denials < limits.denials
        let isKept = isTold || (isIgnored && view.qos == .atMostOnce)
        let told: String
        if isTold {
            refuse(view, .notAuthorized, refusal.sentence, connection, at: now)
            told = "\(view.qos == .atLeastOnce ? "PUBACK" : "PUBREC") 0x87, connection kept"
        } else if isKept {
            told = "dropped, connection kept"
        } else {
            told = connection.version == .v5 ? "DISCONNECT 0x87" : "connection closed"
        }
        note(
            refusal, connection.isAdmin ? .admin : .publish, topic.name, of: connection, session.record,
            session.clientID.bytes, told, at: now)
        if !isKept { close(connection, .notAuthorized, as: .notAuthorized, refusal.sentence, at: now) }
    }

    /// Workers retain nothing: a message kept for later would outlive the rights it was sent with. [T-33]
    mutating func refusedRetain(_ topic: TopicNode, _ session: Session, _ connection: Connection, at now: Moment) {
        let refusal = Refusal(
            rule: "publish.no-retain", reason: "retain", allowed: nil, differingLevel: nil,
            sentence: "Workers do not retain messages.")
        let told = connection.version == .v5 ? "DISCONNECT 0x9A" : "connection closed"
        note(refusal, .publish, topic.name, of: connection, session.record, session.clientID.bytes, told, at: now)
        close(connection, .retainNotSupported, as: .notAuthorized, refusal.sentence, at: now)
    }

    /// The same words for a PUBLISH, whose client is told, and for a will, whose client has gone.
    static let noRoomForRetained = "no room for more retained messages"

    /// No room for one more retained message: said, never acknowledged and skipped. [MQTT-3.3.1-5]
    mutating func refusedStore(_ view: PublishView, _ session: Session, _ connection: Connection, at now: Moment) {
        let why = Broker.noRoomForRetained
        sayLoss(of: 1, why, session.record, at: now)
        if connection.version == .v5, view.qos != .atMostOnce {
            refuse(view, .quotaExceeded, why, connection, at: now)
        } else {
            close(connection, .quotaExceeded, as: .quotaExceeded, why, at: now)
        }
    }

    /// In its turn: answers go out in the order of what they answer. One that has to wait says its code alone.
    /// [MQTT-4.6.0-2, MQTT-4.6.0-3]
    private mutating func refuse(
        _ view: PublishView, _ reason: ReasonCode, _ why: String, _ connection: Connection, at now: Moment
    ) {
        guard !connection.pending.isEmpty else {
            return refuse(view.qos, view.packetID, reason, why, connection, at: now)
        }
        connection.pending.append(
            Connection.PendingAnswer(ticket: 0, packetID: view.packetID, qos: view.qos, reason: reason))
        if case .atLeastOnce = view.qos { connection.pendingOnce += 1 }
    }

    /// PUBACK or PUBREC with a reason why not.
    mutating func refuse(
        _ qos: QoS, _ id: UInt16, _ reason: ReasonCode, _ why: String?, _ connection: Connection, at now: Moment
    ) {
        var properties = Properties()
        // [MQTT-3.1.2-29]
        if let why, connection.wantsReasons { properties.append(.reasonString(Array(why.utf8))) }
        let packet = Acknowledgement(packetID: id, reason: reason, properties: properties)
        send(qos == .atLeastOnce ? .pubAck(packet) : .pubRec(packet), to: connection, at: now)
    }
}
