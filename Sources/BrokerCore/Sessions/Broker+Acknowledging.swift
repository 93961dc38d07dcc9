import MQTT

/// The four acknowledgements, in both directions.
extension Broker {
    mutating func acknowledged(
        _ type: PacketType, _ packet: Acknowledgement, _ session: Session, _ connection: Connection, at now: Moment
    ) throws(MalformedPacket) {
        let id = packet.packetID
        switch type {
        case .pubAck:
            guard let progress = session.inFlight.progress(of: id) else { return }
            guard case .atLeastOnce = progress.qos else {
                throw MalformedPacket(.protocolError, "PUBACK for a message of QoS 2")
            }
            finish(id, session, connection, progress.sentAt, at: now)
        case .pubRec:
            guard var delivery = session.inFlight[id] else {
                // [MQTT-3.6.2-1]
                if !packet.reason.isError {
                    let unknown = Acknowledgement(packetID: id, reason: .packetIdentifierNotFound)
                    send(.pubRel(unknown), to: connection, at: now)
                }
                return
            }
            guard delivery.qos == .exactlyOnce else {
                throw MalformedPacket(.protocolError, "PUBREC for a message of QoS 1")
            }
            guard !packet.reason.isError else {
                // [MQTT-4.4.0-2]
                return finish(id, session, connection, delivery.sentAt, at: now)
            }
            delivery.state = .released
            session.inFlight[id] = delivery
            moved(session, delivery.sentAt, at: now)
            acknowledge(.pubRel, id, to: connection, at: now)
        case .pubComp:
            guard let progress = session.inFlight.progress(of: id) else { return }
            guard progress.state == .released else {
                throw MalformedPacket(.protocolError, "PUBCOMP for a message that was not released")
            }
            finish(id, session, connection, progress.sentAt, at: now)
        case .pubRel: released(id, session, connection, at: now)
        case .connect, .connAck, .publish, .subscribe, .subAck, .unsubscribe, .unsubAck, .pingRequest, .pingResponse,
            .disconnect, .auth:
            return
        }
    }

    private mutating func finish(
        _ id: UInt16, _ session: Session, _ connection: Connection, _ sentAt: Int64, at now: Moment
    ) {
        finish(id, session)
        moved(session, sentAt, at: now)
        if session.hasMore { pump(session, upTo: limits.outboxHigh, at: now) }
        relieve(connection, at: now)
    }

    private func moved(_ session: Session, _ sentAt: Int64, at now: Moment) {
        session.record.lastAcknowledgedNanoseconds = now.nanoseconds
        session.record.acknowledgedAfterNanoseconds = now.nanoseconds - sentAt
    }

    /// PUBREL: the client knows that we have it, and may use the identifier again. [MQTT-4.3.3-11, MQTT-3.7.2-1]
    private mutating func released(
        _ id: UInt16, _ session: Session, _ connection: Connection, at now: Moment
    ) {
        let isKnown = session.unreleased.removeValue(forKey: id) != nil
        // One of an earlier connection gives nothing back beyond the maximum. [MQTT-4.9.0-1]
        if isKnown, connection.unreleased > 0 { connection.unreleased -= 1 }
        if isKnown || connection.version == .v311 {
            acknowledge(.pubComp, id, to: connection, at: now)
        } else {
            let packet = Acknowledgement(packetID: id, reason: .packetIdentifierNotFound)
            send(.pubComp(packet), to: connection, at: now)
        }
    }
}

extension Session {
    /// Whether there is something to send that was not.
    @inline(__always)
    var hasMore: Bool { !queue.isEmpty || resent < inFlight.count }
}
