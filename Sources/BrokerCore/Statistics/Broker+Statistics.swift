import AdminProtocol
import MQTT

/// `$SYS/broker/…`: the figures, for whoever may see them, every ten seconds and at once on SUBSCRIBE.
///
/// The values are kept nowhere: while nobody subscribes, nothing is made of them.
extension Broker {
    /// The figures as they are now.
    package func statistics(at now: Moment) -> Statistics {
        let pulse = observatory.pulse
        let present = pulse.present
        var figures = Statistics()
        figures.version = configuration.version
        figures.startedAt = observatory.startedAt.wall
        figures.uptime = now.milliseconds(since: observatory.startedAt) / 1_000
        figures.connected = tallies.connected
        figures.mostConnected = tallies.mostConnected
        figures.absent = max(0, sessions.count - tallies.connected - observatory.operators.count)
        figures.expired = tallies.expired
        figures.operators = observatory.operators.count
        (figures.workers, figures.stuck, figures.flapping) = (present.workers, present.stuck, present.flapping)
        figures.pools = observatory.roster.pools.values.sorted { $0.id < $1.id }.map {
            Statistics.Pool(id: $0.id, connected: $0.sums.connected, stuck: $0.sums.stuck)
        }
        (figures.packetsReceived, figures.packetsSent) = packets
        (figures.bytesReceived, figures.bytesSent) = (tallies.bytesReceived, tallies.bytesSent)
        (figures.publishReceived, figures.publishSent) = (pulse.totals.received, pulse.totals.sent)
        (figures.payloadReceived, figures.payloadSent) = (pulse.totals.receivedBytes, pulse.totals.sentBytes)
        figures.publishDropped = pulse.dropped
        (figures.sockets, figures.connects, figures.accepted) = (tallies.sockets, tallies.connects, pulse.connects)
        // All of them from the start: a counter that appears with its first event hides that one from every rate.
        figures.gone = GoneReason.allCases.map(\.rawValue).sorted().map { ($0, observatory.goneByReason[$0] ?? 0) }
        figures.denied = observatory.deniedByRule.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        figures.refused = Admission.Refusal.allCases.map { ($0.name, admission.refused[$0] ?? 0) }
        figures.strangers = admission.strangers
        (figures.congested, figures.paused) = (observatory.congested, paused)
        (figures.subscriptions, figures.sharedSubscriptions) = (tree.count, tree.sharedCount)
        figures.stored = stored
        figures.wills = willLedger.count
        figures.queue = observatory.queue
        (figures.pending, figures.committed) = (ledger.count, observatory.committed)
        figures.commitLatency = observatory.commitLatency
        figures.queueTrouble = troubleEver + (troubleSince.map { now.milliseconds(since: $0) } ?? 0)
        figures.logLevel = observatory.gate.level
        figures.lateTurns = observatory.lateTurns
        (figures.held, figures.memoryBudget) = (held, limits.memory)
        figures.memorySteps = MemoryPressure.allCases.map { ($0.name, $0 == pressure ? 1 : 0) }
        (figures.memory, figures.mostMemory) = (memory, mostMemory)
        figures.loads = loads
        return figures
    }

    /// What the process holds, in bytes, told about once a second.
    package mutating func memoryChanged(_ bytes: Int64, at now: Moment) {
        latest = now
        memory = bytes
        mostMemory = max(mostMemory ?? 0, bytes)
    }

    /// Time has passed: the averages go on, and what changed is published.
    mutating func statisticsElapsed(at now: Moment) {
        guard now.nanoseconds >= statisticsDueAt else { return }
        let step = LoadAverages.step * 1_000_000_000
        let counts = loadCounts
        // Of steps that nobody looked at, each is made up for with what there is now.
        for _ in 0..<min(90, (now.nanoseconds - statisticsDueAt) / step + 1) { loads.advance(counts) }
        statisticsDueAt += ((now.nanoseconds - statisticsDueAt) / step + 1) * step
        publishStatistics(at: now)
    }

    /// The figures at once, for somebody who has just subscribed to them.
    mutating func sendStatistics(
        for entry: SubscriptionEntry, isNew: Bool, _ handling: Subscription.RetainHandling, at now: Moment
    ) {
        guard entry.filter.isOfSystem, !entry.filter.isShared, handling.wantsKept(isNew: isNew) else { return }
        let identifiers = entry.identifier > 0 ? [entry.identifier] : []
        for (topic, value) in statisticTopics(at: now) where entry.filter.matches(topic) {
            let message = Message(
                topic: node(of: topic), payload: value, properties: [], expiresAt: .max, qos: .atMostOnce, at: now)
            let delivery = Delivery(message, qos: .atMostOnce, retain: true, identifiers: identifiers)
            enqueue(delivery, entry.session, from: nil, isOnly: true, at: now)
        }
        pump(entry.session, upTo: limits.outboxHigh, at: now)
    }

    /// The same for an operator, whose subscriptions are in no tree.
    mutating func sendStatistics(
        for filter: TopicFilter, isNew: Bool, _ handling: Subscription.RetainHandling, to id: ConnectionID,
        at now: Moment
    ) {
        guard filter.isOfSystem, handling.wantsKept(isNew: isNew) else { return }
        for (topic, value) in statisticTopics(at: now) where filter.matches(topic) {
            sendToAdmin(id, topic: topic.bytes, payload: value, correlation: nil, retain: true, at: now)
        }
    }

    private mutating func publishStatistics(at now: Moment) {
        let watchers = observatory.operators.keys.filter { id in
            connections[id]?.adminFilters.contains { $0.isOfSystem } == true
        }.sorted { ($0.slot, $0.generation) < ($1.slot, $1.generation) }
        let isInTree = tree.holds(TopicFilter.system)
        guard isInTree || !watchers.isEmpty else {
            shownStatistics = []
            return
        }
        let topics = statisticTopics(at: now)
        for (place, (topic, value)) in topics.enumerated() {
            guard !shownStatistics.indices.contains(place) || shownStatistics[place] != value else { continue }
            for id in watchers { sendToAdmin(id, topic: topic.bytes, payload: value, correlation: nil, at: now) }
            guard isInTree else { continue }
            let node = node(of: topic)
            node.record.messages &+= 1
            node.record.qos0 &+= 1
            node.record.bytes &+= Int64(value.count)
            node.record.lastNanoseconds = now.nanoseconds
            distribute(
                node, payload: value.span.bytes, properties: [UInt8]().span.bytes, expiresAt: .max, qos: .atMostOnce,
                retain: true, from: nil, at: now)
        }
        shownStatistics = topics.map(\.value)
    }

    private func statisticTopics(at now: Moment) -> [(topic: TopicName, value: [UInt8])] {
        statistics(at: now).lines.compactMap { line in
            TopicName(Statistics.prefix + line.name).map { ($0, Array(line.value.utf8)) }
        }
    }

    private var packets: (received: Int64, sent: Int64) {
        let totals = observatory.pulse.totals
        return (totals.received + tallies.packetsReceived, totals.sent + tallies.packetsSent)
    }

    /// In the order of `LoadAverages.Kind`.
    private var loadCounts: [Int64] {
        let pulse = observatory.pulse
        return LoadAverages.Kind.allCases.map { kind in
            switch kind {
            case .messagesReceived: packets.received
            case .messagesSent: packets.sent
            case .publishDropped: pulse.dropped
            case .publishReceived: pulse.totals.received
            case .publishSent: pulse.totals.sent
            case .bytesReceived: tallies.bytesReceived
            case .bytesSent: tallies.bytesSent
            case .sockets: tallies.sockets
            case .connections: tallies.connects
            }
        }
    }

    private var paused: [(name: String, count: Int64)] {
        var counts = Connection.Pauses.named.map { (name: $0.name, count: 0 as Int64) }
        for connection in connections.all where connection.phase == .connected && !connection.pauses.isEmpty {
            for (place, reason) in Connection.Pauses.named.enumerated()
            where connection.pauses.contains(reason.pauses) { counts[place].count += 1 }
        }
        return counts
    }

    private var stored: Statistics.Stored {
        var stored = Statistics.Stored(messages: retained.count, bytes: retained.bytes, retained: retained.count)
        for session in sessions.values {
            stored.queued += session.queue.count
            stored.inFlight += session.inFlight.outstanding
            stored.bytes += session.queuedBytes
        }
        stored.messages += stored.queued + stored.inFlight
        return stored
    }
}

extension TopicFilter {
    /// The first level of what brokers say of themselves.
    static let system = Array("$SYS".utf8)

    /// Whether it can match something below `$SYS`.
    var isOfSystem: Bool { levels.first?.elementsEqual(TopicFilter.system) == true }
}

extension Subscription.RetainHandling {
    /// Whether a subscription gets what is kept for its topics. [MQTT-3.3.1-9 … MQTT-3.3.1-11]
    func wantsKept(isNew: Bool) -> Bool {
        switch self {
        case .send: true
        case .sendIfNew: isNew
        case .doNotSend: false
        }
    }
}
