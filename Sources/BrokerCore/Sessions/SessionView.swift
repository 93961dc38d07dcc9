import MQTT

/// A session as those see it who only look.
///
/// An object of its own: the record holds it, the session lets go of both, and neither is referred to weakly, which
/// would cost more at every use.
final class SessionView: SessionFacts {
    private unowned let session: Session

    init(_ session: Session) {
        self.session = session
    }

    var queuedCount: Int { session.queue.count }
    var inFlightCount: Int { session.inFlight.outstanding }

    var oldestWaiting: Moment? {
        if let (_, oldest) = session.inFlight.at(0) { return oldest.message.at }
        return session.queue.first?.message.at
    }

    var subscriptionFacts: [(filter: [UInt8], qos: UInt8)] {
        session.subscriptions.values.map { ($0.filter.bytes, $0.qos.rawValue) }
            .sorted { $0.0.lexicographicallyPrecedes($1.0) }
    }

    func waitingFacts(limit: Int) -> [WaitingFact] {
        var facts: [WaitingFact] = []
        for place in 0..<session.inFlight.count where facts.count < limit {
            guard let (_, delivery) = session.inFlight.at(place), delivery.state != .done else { continue }
            facts.append(WaitingFact(delivery, sent: true))
        }
        for place in 0..<session.queue.count where facts.count < limit {
            guard let delivery = session.queue[place] else { continue }
            facts.append(WaitingFact(delivery, sent: false))
        }
        return facts
    }
}

extension WaitingFact {
    fileprivate init(_ delivery: Delivery, sent: Bool) {
        let message = delivery.message
        self.init(at: message.at, topic: message.topic.name, bytes: message.payload.count, sent: sent)
    }
}
