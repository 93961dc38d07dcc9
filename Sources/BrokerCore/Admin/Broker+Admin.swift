import AdminProtocol
import MQTT

extension Broker {
    /// An operator published to the admin topic: the answer goes to that connection only. [AD-7]
    package mutating func adminRequest(
        _ payload: RawSpan, from id: ConnectionID, responseTopic: [UInt8]?, correlation: [UInt8]?, at now: Moment
    ) {
        guard let connection = connections[id], case .admin(let name, let role) = connection.peer.principal else {
            return
        }
        let caller = AdminDesk.Caller(connection: id, name: name, role: role, address: connection.peer.address)
        let bytes = payload.withUnsafeBytes { Array($0) }
        let deeds = desk.handle(bytes, from: caller, observatory, into: &effects, at: now)
        for deed in deeds {
            perform(deed, askedBy: id, on: responseTopic ?? Access.adminResponse, correlation, at: now)
        }
    }

    /// Pushes to watches what is due, and follows what was kicked.
    package mutating func adminElapsed(at now: Moment) {
        for deed in desk.elapsed(observatory, at: now) { perform(deed, askedBy: nil, on: [], nil, at: now) }
    }

    private mutating func perform(
        _ deed: AdminDesk.Deed, askedBy asker: ConnectionID?, on topic: [UInt8], _ correlation: [UInt8]?, at now: Moment
    ) {
        switch deed {
        case .answer(let bytes):
            guard let asker else { return }
            sendToAdmin(asker, topic: topic, payload: bytes, correlation: correlation, at: now)
        case .push(let connection, let bytes, let watch):
            let hasRoom = sendToAdmin(
                connection, topic: Access.adminStream, payload: bytes, correlation: nil, at: now)
            if let watch, !hasRoom { desk.missed(connection, watch: watch) }
        case .cut(let connection, let fireWill, let cleanSession):
            cut(connection, reason: .administrativeAction, fireWill: fireWill, cleanSession: cleanSession, at: now)
        }
    }
}
