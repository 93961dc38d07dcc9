import AdminProtocol

extension Broker {
    /// An operator published to the admin topic: the answer goes to that connection only. [AD-7]
    package mutating func adminRequest(
        _ payload: RawSpan, from id: ConnectionID, responseTopic: [UInt8]?, correlation: [UInt8]?, at now: Moment
    ) {
    }

    /// Pushes to watches what is due, and follows what was kicked.
    package mutating func adminElapsed(at now: Moment) {
    }
}
