import AdminProtocol
import MQTT

extension Broker {
    /// An operator published to the admin topic: the answer goes to that connection only. [AD-7]
    package mutating func adminRequest(
        _ payload: RawSpan, from id: ConnectionID, responseTopic: [UInt8]?, correlation: [UInt8]?, at now: Moment
    ) {
        guard let client = observatory.operators[id], case .admin(let name, let role) = client.principal else { return }
        let address = client.connection?.peer.address ?? ""
        let caller = AdminDesk.Caller(connection: id, name: name, role: role, address: address)
        let body = payload.withUnsafeBytes { Array($0) }
        let topic = Broker.answerTopic(responseTopic)
        for deed in desk.handle(body, from: caller, observatory, into: &effects, at: now) {
            perform(deed, for: id, topic, correlation, at: now)
        }
    }

    /// Pushes to watches what is due, and follows what was kicked.
    package mutating func adminElapsed(at now: Moment) {
        for deed in desk.elapsed(observatory, at: now) { perform(deed, for: nil, nil, nil, at: now) }
    }

    private mutating func perform(
        _ deed: AdminDesk.Deed, for asker: ConnectionID?, _ topic: [UInt8]?, _ correlation: [UInt8]?, at now: Moment
    ) {
        switch deed {
        case .answer(let bytes):
            guard let asker, let topic else { return }
            sendToAdmin(
                asker, topic: topic, payload: bytes, correlation: correlation, isOwed: true, at: now)
        case .push(let id, let bytes, let watch):
            let stream = Array(AdminTopic.stream.utf8)
            let hasRoom = sendToAdmin(id, topic: stream, payload: bytes, correlation: nil, at: now)
            if !hasRoom, let watch { desk.missed(id, watch: watch) }
        case .dismiss:
            guard let asker, let connection = connections[asker] else { return }
            close(connection, .quotaExceeded, as: .quotaExceeded, "too many bad requests", at: now)
        case .cut(let id, let fireWill, let cleanSession):
            cut(id, reason: .administrativeAction, fireWill: fireWill, cleanSession: cleanSession, at: now)
        }
    }

    /// A Response Topic is honoured only inside the caller's own.
    private static func answerTopic(_ asked: [UInt8]?) -> [UInt8] {
        guard let asked, asked.starts(with: AdminTopic.responsePrefix.utf8) else {
            return Array(AdminTopic.response.utf8)
        }
        return asked
    }
}
