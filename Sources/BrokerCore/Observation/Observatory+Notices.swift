import AdminProtocol

extension Observatory {
    /// Something happened.
    package func note(_ notice: Notice, at now: Moment) {
        switch notice {
        case .connected(let client, let resumed): connected(client, resumed: resumed, at: now)
        case .gone(let client, let reason, let detail, let willSent):
            gone(client, reason, detail: detail, willSent: willSent, at: now)
        case .takenOver(let client, let from, let to):
            client.story.takenOver(at: now)
            record(.takeover, client, reason: "session taken over", detail: "\(from) -> \(to)", at: now)
        case .fought(let client, let detail):
            alarms.fight(client, at: now)
            record(.takeover, client, reason: "two workers, one id", detail: DisplayText.of(detail), at: now)
        case .denied(let denial): denied(denial, at: now)
        case .dropped(let client, let count, let reason):
            pulse.dropped &+= count
            client?.dropped &+= count
            let words = count == 1 ? "1 message not delivered" : "\(count) messages not delivered"
            record(.dropped, client, reason: DisplayText.of(reason), detail: words, at: now)
        case .congested(let client, let detail):
            record(.broker, client, reason: "congested", detail: DisplayText.of(detail), at: now)
        case .subscribed(let client, let filter, let qos):
            guard !client.isAdmin else { return }
            record(.subscribed, client, reason: "qos \(qos)", detail: DisplayText.of(filter), at: now)
        case .unsubscribed(let client, let filter):
            guard !client.isAdmin else { return }
            record(.subscribed, client, reason: "unsubscribed", detail: DisplayText.of(filter), at: now)
        case .queue(let trouble):
            let reason = trouble == nil ? "commits again" : "does not commit"
            record(.queue, nil, reason: reason, detail: DisplayText.of(trouble ?? ""), at: now)
        case .queueWarned(let warning):
            record(.queue, nil, reason: "warning", detail: DisplayText.of(warning), at: now)
        case .buried(let count):
            let words = count == 1 ? "1 message" : "\(count) messages"
            record(.queue, nil, reason: "dead letters", detail: "\(words) given up", at: now)
        case .broker(let reason, let detail):
            record(.broker, nil, reason: DisplayText.of(reason), detail: DisplayText.of(detail), at: now)
        }
    }

    private func connected(_ client: ClientRecord, resumed: Bool, at now: Moment) {
        guard let connection = client.connection else { return }
        roster.enrol(client)
        client.epoch = nextEpoch(at: now)
        client.story.last = connection
        client.story.connected(at: now)
        client.state = client.derivedState(at: now, stuckAfter: configuration.limits.stuckAfter)
        if client.isAdmin {
            operators[connection.id] = client
            return
        }
        pulse.connects &+= 1
        record(.connected, client, reason: "-", saying: .connected(connection, resumed: resumed), at: now)
    }

    private func gone(_ client: ClientRecord, _ reason: GoneReason, detail: String, willSent: Bool, at now: Moment) {
        let connection = client.connection
        client.connection = nil
        client.story.goneAt = now
        client.story.lastDisconnect = reason.rawValue
        client.state = .gone
        roster.departed(client, second: pulse.second)
        if client.isAdmin {
            guard let connection else { return }
            operators[connection.id] = nil
            departedOperators.append(connection.id)
            return
        }
        goneByReason[reason.rawValue, default: 0] &+= 1
        let span = connection.map { now.nanoseconds &- $0.connectedAt.nanoseconds }
        record(
            .gone, client, reason: reason.rawValue, saying: .gone(detail, after: span, willSent: willSent), at: now)
    }

    private func denied(_ denial: Denial, at now: Moment) {
        let entry = denials.add(denial, at: now)
        pulse.denied &+= 1
        deniedByRule[denial.rule, default: 0] &+= 1
        var words = "\(denial.action.rawValue) \(denial.topic.map { DisplayText.of($0) } ?? "-")"
        if let client = denial.client {
            client.story.denied &+= 1
            client.story.lastDenial = "\(words): \(denial.reason)"
        } else {
            words += " from \(DisplayText.of(denial.address))"
        }
        if case .worker(let pool)? = denial.principal { roster.pool(pool).denied.count(at: now) }
        // A retry loop would push everything else out of the ring: it is told of once a minute, with its count.
        guard entry.isWorthTelling(at: now), pulse.tellsOfDenial() else { return }
        if entry.count > 1 { words += " (x\(entry.count))" }
        record(.denied, denial.client, reason: DisplayText.of(denial.reason), detail: words, at: now)
    }
}

extension ConnectionFacts {
    /// `3.1.1` or `5`.
    var versionText: String { version == 5 ? "5" : "3.1.1" }
}
