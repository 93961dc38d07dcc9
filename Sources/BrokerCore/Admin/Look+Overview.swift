import AdminProtocol

extension Look {
    var levels: LogLevels { observatory.gate.levels(linesPerSecond: observatory.book.perSecond) }

    func overview() -> Overview {
        let pulse = observatory.pulse
        let present = pulse.present
        let queue = observatory.queue
        let samples = pulse.seconds
        let minuteAgo = samples.count == 0 ? nil : samples[newest: min(60, samples.count - 1)]
        let connects = samples.last(10).reduce(0) { $0 + $1.connects }
        return Overview(
            now: now.wall, startedAt: observatory.startedAt.wall, workers: present.workers,
            workersChange: minuteAgo.map { present.workers - $0.workers } ?? 0, connections: present.connections,
            pools: observatory.roster.pools.count, stuck: present.stuck, flapping: present.flapping,
            busy: present.busy, received: Traffic(pulse.meter, pulse.totals, second: second, isReceived: true),
            sent: Traffic(pulse.meter, pulse.totals, second: second, isReceived: false), dropped: pulse.dropped,
            retained: observatory.retained, inFlight: present.inFlight, queued: present.queued, denied: pulse.denied,
            deniedPerMinute: observatory.denials.rate.perMinute(at: now), connectsPerSecond: Double(connects) / 10,
            queue: Overview.Queue(
                store: observatory.configuration.store, depth: queue.depth, oldestAge: queue.oldestAge,
                pending: observatory.pendingTickets, committed: observatory.committed,
                deadLetters: queue.deadLetters, trouble: queue.trouble.map { DisplayText.of($0) },
                warning: queue.warning.map { DisplayText.of($0) }),
            alerts: observatory.alerts(at: now), levels: levels, operators: operators,
            sample: samples.newest ?? Sample(at: now.wall))
    }

    private var operators: [Overview.Operator] {
        observatory.operators.sorted { ($0.key.slot, $0.key.generation) < ($1.key.slot, $1.key.generation) }.compactMap
        {
            id, client in
            guard case .admin(let name, let role) = client.principal, let connection = client.connection else {
                return nil
            }
            return Overview.Operator(
                id: "\(id.slot).\(id.generation)", name: DisplayText.of(name), role: role,
                since: connection.connectedAt.wall, address: DisplayText.of(connection.peer.address))
        }
    }

    func history(_ query: HistoryQuery) throws(AdminError) -> History {
        let step = query.step ?? 1_000
        guard step == 1_000 || step == 10_000 else {
            throw AdminError(.badArgument, "step must be 1000 or 10000", field: "args.step")
        }
        let limit = query.limit ?? 60
        guard (1...ObservationLimits.historyTens).contains(limit) else {
            let words = "limit must be from 1 to \(ObservationLimits.historyTens)"
            throw AdminError(.badArgument, words, field: "args.limit")
        }
        let ring = step == 1_000 ? observatory.pulse.seconds : observatory.pulse.tens
        return History(step: step, samples: ring.last(limit))
    }
}
