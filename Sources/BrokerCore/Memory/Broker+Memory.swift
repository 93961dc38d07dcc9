import AdminProtocol
import MQTT

/// All that the broker holds for others has one bound, and long before it something is done. [T-70]
extension Broker {
    /// What one object of a kind takes beside the bytes in it, as measured.
    enum Footprint {
        static let connection = 4_096
        static let tls = 36_864
        static let session = 1_024
        /// One level of a name in a tree: a node, its place in its parent, and the level's bytes in an array.
        static let level = 256
        static let handOver = 256
        /// Payload bytes of one batch of the durable queue at most.
        static let batch = 4 << 20
    }

    /// Bytes held now. What lies in buffers, queues and messages is counted as it comes and goes; what a connection
    /// costs beside that, as of the last time round.
    @inline(__always)
    var held: Int {
        holdings.total &+ heldByConnections &+ connections.count &* Footprint.connection &+ heldForQueue
            &+ sessions.count &* Footprint.session &+ retained.weight &+ tree.weight &+ spares.bytes
    }

    /// What waits for the durable queue; a batch on its way is there as payload, text, and the store's own copies.
    @inline(__always)
    var heldForQueue: Int {
        ledger.bytes &+ ledger.count &* Footprint.handOver &+ min(ledger.bytes, Footprint.batch) &* 3
    }

    /// What one connection holds beside its buffers, and the object itself.
    func footprint(of connection: Connection) -> Int {
        (connection.peer.tls == nil ? 0 : Footprint.tls)
            + connection.aliases.reduce(0) { $0 + ($1?.name.count ?? 0) }
    }

    /// After everything that may have taken memory: the steps are taken where they are passed, not at the next tick,
    /// for until then half a gigabyte may come.
    @inline(__always)
    mutating func watchMemory(at now: Moment) {
        if held >= memoryMark { weighMemory(at: now) }
    }

    /// Takes the step that what is held asks for; called about ten times a second, and at each mark.
    mutating func weighMemory(at now: Moment) {
        takeStep(at: now)
        if pressure > .none, retained.count > 0 {
            // What nobody gets any more goes before anybody is ended for it.
            retained.forgetExpired(among: limits.retainedSearch, at: now)
            takeStep(at: now)
        }
        if pressure == .full {
            endLargestConsumers(at: now)
            takeStep(at: now)
        }
        // Who cannot be helped now is looked at again when it has grown by a hundredth.
        memoryMark = pressure.end(limits) ?? held + limits.memory / 100
        bufferBound = holdings.buffers + max(0, limits.memory / 100 * limits.memorySevere - held)
    }

    /// Who has published before is not read: what each of ten thousand would still say is too much together.
    private mutating func pausePublishers(at now: Moment) {
        for place in 0..<connections.places {
            guard let connection = connections.at(place), !connection.isAdmin, connection.lastTopic != nil else {
                continue
            }
            pause(connection, .memory, at: now)
        }
    }

    private mutating func takeStep(at now: Moment) {
        let next = MemoryPressure.of(held, limits, before: pressure)
        if next != pressure { pressureChanged(to: next, at: now) }
    }

    private mutating func pressureChanged(to next: MemoryPressure, at now: Moment) {
        if pressure == .none {
            pausePublishers(at: now)
            // What is only remembered to be quick is let go.
            topics.removeAll()
            spares.removeAll()
        }
        pressure = next
        let percent = held / max(1, limits.memory / 100)
        observatory.memoryTrouble = next == .none ? nil : "\(percent) % in use, \(next.consequence)"
        observatory.note(.broker(reason: "memory", detail: "\(percent) % in use, \(next.consequence)"), at: now)
        observatory.log(
            next == .none ? .info : .error, .broker, "memory", client: nil,
            fields: [("percent", "\(percent)"), ("reason", next.consequence)], at: now, into: &effects)
    }

    /// Ends one after the other, whoever holds most first; what they held is known at once.
    ///
    /// Half of the last step is made free: were it just enough, the next bytes would have all sessions looked at again,
    /// and with thousands of them the broker would do nothing else.
    private mutating func endLargestConsumers(at now: Moment) {
        let enough = limits.memory / 200 * (limits.memorySevere + limits.memoryFull)
        // Of equal ones always the same first, in whatever order they are looked at.
        let largest = sessions.values
            .compactMap { session in worth(of: session).map { (bytes: $0, key: session.key) } }
            .sorted { ($1.bytes, $1.key) < ($0.bytes, $0.key) }
        for (_, key) in largest {
            guard held > enough else { return }
            // What became of those before may have changed it.
            guard let session = sessions[key], let bytes = worth(of: session) else { continue }
            endConsumer(session, holding: bytes, at: now)
        }
    }

    /// What the end of a session gives back, if it is worth that: what waits for the durable queue stays there, whoever
    /// goes.
    private func worth(of session: Session) -> Int? {
        let bytes = session.queuedBytes + session.inFlight.bytes + (session.connection?.buffered ?? 0)
        return bytes > 65_536 && session.connection?.isAdmin != true ? bytes : nil
    }

    private mutating func endConsumer(_ session: Session, holding bytes: Int, at now: Moment) {
        // Counted before: of a session that ends with its connection nothing is left to count.
        let lost = Int64(session.queue.count + session.inFlight.outstanding)
        if let connection = session.connection {
            // What its socket has not taken goes as well: it would take memory until somebody reads it.
            let isStuck = connection.unsent > 0
            connection.outbox = []
            connection.unsent = 0
            if isStuck { effects.aborts.append(connection.id) }
            close(
                connection, connection.hasTaken && !isStuck ? .quotaExceeded : nil, as: .memory,
                "memory is full and it holds \(bytes) bytes", at: now)
        }
        // Its messages are what has to go; they are counted and told of. [T-24]
        if lost > 0 { sayLoss(of: lost, "memory full", session.record, at: now) }
        if sessions[session.key] === session { end(session, at: now) }
    }
}
