import AdminProtocol

extension Observatory {
    /// Looks at every record once: rates, states, sums, alerts. No text is made, nothing is sorted.
    func sample(at now: Moment) {
        var added = Counts()
        var present = Pulse.Present()
        let second = pulse.second + 1
        for pool in roster.pools.values { pool.sums = PoolRecord.Sums() }
        for client in roster.records {
            let counts = client.counts
            let difference = counts &- client.sampled.counts
            client.sampled = PackedCounts(counts)
            if !client.isAdmin { added &+= difference }
            client.advanceMeter(counts, difference, second: second)
            guard client.connection != nil, !client.isAdmin else { continue }
            present.connections += 1
            if let session = client.session {
                present.queued += session.queuedCount
                present.inFlight += session.inFlightCount
            }
            guard client.isListed else { continue }
            client.state = client.derivedState(at: now, stuckAfter: configuration.limits.stuckAfter)
            count(client, in: &present, at: now)
        }
        pulse.turn(added, present, at: now)
        for topic in topics.records { topic.advanceMeter(second: pulse.second) }
        topics.others.advanceMeter(second: pulse.second)
        roster.forget(before: pulse.second - ObservationLimits.departedSeconds)
        watchForAlarms(at: now)
    }

    private func count(_ client: ClientRecord, in present: inout Pulse.Present, at now: Moment) {
        present.workers += 1
        if client.state == .stuck { present.stuck += 1 }
        if client.state == .flap { present.flapping += 1 }
        if let occupation = client.story.word.occupation {
            present.busy = (present.busy ?? 0) + (occupation == .busy ? 1 : 0)
        }
        guard let id = client.pool else { return }
        let pool = roster.pool(id)
        pool.sums.connected += 1
        pool.sums.flaps += client.story.flaps(at: now)
        if client.state == .stuck { pool.sums.stuck += 1 }
        if client.state == .flap { pool.sums.flapping += 1 }
    }
}

extension ClientRecord {
    /// A client that is silent for long needs no meter: its rates are nothing.
    fileprivate func advanceMeter(_ counts: Counts, _ difference: Counts, second: Int64) {
        if meter == nil {
            guard difference != Counts() else { return }
            meter = Meter(counts &- difference, second: second - 1)
        }
        meter?.advance(to: second, counts)
        if let meter, second - meter.busyAt > 70 { self.meter = nil }
    }
}

extension TopicRecord {
    fileprivate func advanceMeter(second: Int64) {
        let counts = counts
        let difference = counts &- sampled.counts
        sampled = PackedCounts(counts)
        if meter == nil {
            guard difference != Counts() else { return }
            meter = TopicMeter(counts &- difference, second: second - 1)
        }
        meter?.advance(to: second, counts)
        if let meter, second - meter.busyAt > 960 { self.meter = nil }
    }
}
