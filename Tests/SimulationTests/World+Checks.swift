import MQTT

/// What has to be true when everybody has come to rest.
extension World {
    func checkNothingIsLeft(isQuiet: Bool) throws {
        try demand(isQuiet, "the world does not come to rest")
        try demand(queue.isIdle, "the queue holds what was not committed")
        for link in links where !link.isAbandoned {
            try demand(!link.isPaused, "\(link.client.name) is not read though nothing is waiting")
            try demand(link.answers.isEmpty && link.outgoing.isEmpty, "\(link.client.name) could not send all it owes")
        }
        for client in clients {
            guard let session = client.session, let link = client.link, link.phase == .open else { continue }
            let left = session.outstanding.compactMap { session.publishes[$0]?.number }
            try demand(left.isEmpty, "\(client.name) waits for the acknowledgement of \(left)")
            try demand(link.subscribing.isEmpty && link.unsubscribing.isEmpty, "\(client.name) waits for an answer")
            let missing = book.entries.filter {
                session.mustHave($0) && !$0.isRevoked && !session.received.contains($0.number)
            }
            try demand(missing.isEmpty, "\(client.name) never got \(missing.prefix(5))")
        }
        let sharing = sharers.compactMap { $0.link?.phase == .open ? $0.session : nil }
        for entry in book.entries where sharing.count == 3 && sharing.allSatisfy({ $0.sharesIn(entry) }) {
            try demand(
                sharing.contains { $0.received.contains(entry.number) }, "nobody of the share got \(entry.number)")
        }
        for entry in book.entries where entry.acknowledgedAt != nil && entry.topic.bytes.starts(with: writeonly) {
            try demand(queue.safe.contains(entry.number), "message \(entry.number) was acknowledged and is not safe")
        }
    }

    private var writeonly: [UInt8] { Array("\(namespace)/writeonly".utf8) }
}
