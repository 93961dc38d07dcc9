import AdminProtocol

/// What an operator should look at, and since when; each names its rule and its object.
struct Alarms {
    enum Alarm: Hashable {
        case denied
        case queue
        case memory
        case congested
        case queueWarning
        case deadLetters
        case stuck
        case flapping(pool: ULID)
        case fight(worker: String)

        var id: String {
            switch self {
            case .denied: "denied"
            case .queue: "queue"
            case .memory: "memory"
            case .congested: "congested"
            case .queueWarning: "queue-warning"
            case .deadLetters: "dead-letters"
            case .stuck: "stuck"
            case .flapping(let pool): "flap:\(pool)"
            case .fight(let worker): "take:\(worker)"
            }
        }
    }

    private(set) var since: [Alarm: Timestamp] = [:]
    private var fights: [String: Moment] = [:]

    mutating func fight(_ client: ClientRecord, at now: Moment) {
        if fights.count < 100 || fights[client.id] != nil { fights[client.id] = now }
    }

    /// Fights of the last minute.
    mutating func fighting(at now: Moment) -> [String] {
        fights = fights.filter { now.milliseconds(since: $0.value) < StateRules.takeoverSeconds * 1_000 }
        return fights.keys.sorted()
    }

    mutating func settle(_ raised: Set<Alarm>, at now: Moment) {
        since = since.filter { raised.contains($0.key) }
        for alarm in raised where since[alarm] == nil { since[alarm] = now.wall }
    }
}

extension Observatory {
    func watchForAlarms(at now: Moment) {
        var raised: Set<Alarms.Alarm> = []
        if denials.rate.perMinute(at: now) > StateRules.deniedPerMinute { raised.insert(.denied) }
        if queue.trouble != nil { raised.insert(.queue) }
        if memoryTrouble != nil { raised.insert(.memory) }
        if congested > 0 { raised.insert(.congested) }
        if queue.warning != nil { raised.insert(.queueWarning) }
        if queue.deadLetters > 0 { raised.insert(.deadLetters) }
        if pulse.present.stuck > 0 { raised.insert(.stuck) }
        for (id, pool) in roster.pools where pool.sums.flapping > 0 { raised.insert(.flapping(pool: id)) }
        for worker in alarms.fighting(at: now) { raised.insert(.fight(worker: worker)) }
        alarms.settle(raised, at: now)
    }

    /// The alerts in force, the worst first.
    func alerts(at now: Moment) -> [Overview.Alert] {
        alarms.since.sorted { ($0.key.rank, $0.key.id) < ($1.key.rank, $1.key.id) }.map { alarm, since in
            let (text, view, filter) = words(of: alarm, at: now)
            return Overview.Alert(id: alarm.id, text: text, since: since, view: view, filter: filter)
        }
    }

    private func words(of alarm: Alarms.Alarm, at now: Moment) -> (text: String, view: String, filter: String?) {
        switch alarm {
        case .denied:
            let rate = Int(denials.rate.perMinute(at: now).rounded())
            return ("denied \(rate)/min > \(Int(StateRules.deniedPerMinute))/min", "denied", nil)
        case .queue: return ("queue: \(DisplayText.of(queue.trouble ?? "does not commit"))", "events", "what:QUEUE")
        case .memory: return ("memory: \(memoryTrouble ?? "short")", "events", "what:BROKER")
        case .congested:
            return ("\(congested) \(congested == 1 ? "client does" : "clients do") not read", "events", "what:BROKER")
        case .queueWarning: return ("queue: \(DisplayText.of(queue.warning ?? "warning"))", "events", "what:QUEUE")
        case .deadLetters:
            let words = queue.deadLetters == 1 ? "1 dead letter" : "\(queue.deadLetters) dead letters"
            return (words, "events", "what:QUEUE")
        case .stuck:
            let count = pulse.present.stuck
            return ("\(count) \(count == 1 ? "worker" : "workers") stuck", "workers", "state:STUCK")
        case .flapping(let id):
            let pool = roster.pools[id]
            let name = pool.map { $0.name.isEmpty ? id.description : $0.name } ?? id.description
            return ("pool \(name) flapping: \(pool?.sums.flaps ?? 0) reconnects/5m", "workers", "pool:\(id) state:FLAP")
        case .fight(let worker): return ("two workers, one id: \(worker)", "workers", "id:\(worker)")
        }
    }
}

extension Alarms.Alarm {
    fileprivate var rank: Int {
        switch self {
        case .queue: 0
        case .memory: 1
        case .queueWarning: 2
        case .fight: 3
        case .stuck: 4
        case .congested: 5
        case .denied: 6
        case .flapping: 7
        case .deadLetters: 8
        }
    }
}
