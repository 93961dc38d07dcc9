/// The wills of earlier starts that wait to be said, and the clients that wait until theirs is written down.
struct WillLedger {
    struct Waiting {
        let will: KeptWill
        /// By `Moment.nanoseconds`.
        let dueAt: Int64
    }

    /// How many deeds were asked for.
    private var asked: UInt64 = 0
    private var unkept = RingQueue<(deed: UInt64, connection: ConnectionID)>()
    private var left: [SessionKey: [Waiting]] = [:]
    /// When to look at those that are left again.
    private var nextDue = Int64.max

    /// Wills of earlier starts that were not said.
    private(set) var count = 0

    /// Counts one deed; whoever waits for it is found when it is done.
    mutating func ask(waiting connection: ConnectionID? = nil) {
        asked += 1
        if let connection { unkept.append((asked, connection)) }
    }

    /// The next connection whose will is written down now that `done` deeds are done.
    mutating func kept(upTo done: UInt64) -> ConnectionID? {
        guard let first = unkept.first, first.deed <= done else { return nil }
        return unkept.popFirst()?.connection
    }

    mutating func leave(_ will: KeptWill, of key: SessionKey, dueAt: Int64) {
        left[key, default: []].append(Waiting(will: will, dueAt: dueAt))
        nextDue = min(nextDue, dueAt)
        count += 1
    }

    /// Its client is back: what it left, the oldest first.
    mutating func take(_ key: SessionKey) -> [KeptWill] {
        guard let found = left.removeValue(forKey: key) else { return [] }
        count -= found.count
        return found.map(\.will).sorted { $0.name.epoch < $1.name.epoch }
    }

    /// Those whose client did not come back in time, the oldest first.
    mutating func due(at now: Int64) -> [KeptWill] {
        guard nextDue <= now else { return [] }
        var due: [KeptWill] = []
        nextDue = .max
        for (key, wills) in left {
            let rest = wills.filter { $0.dueAt > now }
            due += wills.filter { $0.dueAt <= now }.map(\.will)
            left[key] = rest.isEmpty ? nil : rest
            for will in rest { nextDue = min(nextDue, will.dueAt) }
        }
        count -= due.count
        return due.sorted { $0.name.epoch < $1.name.epoch }
    }

    /// The wills of a credential that is no longer good.
    mutating func drop(_ isGone: (KeptWill) -> Bool) -> [KeptWill] {
        var gone: [KeptWill] = []
        for (key, wills) in left {
            gone += wills.map(\.will).filter(isGone)
            let rest = wills.filter { !isGone($0.will) }
            left[key] = rest.isEmpty ? nil : rest
        }
        count -= gone.count
        return gone.sorted { $0.name.epoch < $1.name.epoch }
    }
}
