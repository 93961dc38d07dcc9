import AdminProtocol

/// What a session answers when somebody looks at it: read from the session itself, never copied on the hot path.
package protocol SessionFacts: AnyObject {
    /// Messages that wait and were not sent yet.
    var queuedCount: Int { get }
    /// Messages sent and not acknowledged in full.
    var inFlightCount: Int { get }
    /// When the oldest of both came.
    var oldestWaiting: Moment? { get }
    var subscriptionFacts: [(filter: [UInt8], qos: UInt8)] { get }
    /// The oldest first.
    func waitingFacts(limit: Int) -> [WaitingFact]
}

/// One message that waits for a client.
package struct WaitingFact: Equatable, Sendable {
    package var at: Moment
    package var topic: [UInt8]
    package var bytes: Int
    /// Sent and not acknowledged, or still waiting to be sent.
    package var sent: Bool

    package init(at: Moment, topic: [UInt8], bytes: Int, sent: Bool) {
        self.at = at
        self.topic = topic
        self.bytes = bytes
        self.sent = sent
    }
}
