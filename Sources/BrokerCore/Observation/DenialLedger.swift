import AdminProtocol

/// What was refused: equal refusals of one client merged, with exact totals beside them. [AD-14]
///
/// Bounded twice: in all, and per principal, so that one loud client cannot push out what others were refused.
struct DenialLedger {
    fileprivate struct Key: Hashable {
        let who: [UInt8]
        let action: Denial.Action
        let topic: [UInt8]?
        let rule: String
        let reason: String
    }

    final class Entry {
        let number: Int64
        fileprivate let key: Key
        /// The newest of them: address and outcome are its.
        fileprivate(set) var denial: Denial
        fileprivate(set) var count: Int64 = 0
        let firstAt: Timestamp
        fileprivate(set) var lastAt: Timestamp
        fileprivate(set) var rate = MinuteRate()
        /// The newest first, at most five.
        fileprivate(set) var samples: [Timestamp] = []

        fileprivate init(number: Int64, key: Key, denial: Denial, at now: Timestamp) {
            self.number = number
            self.key = key
            self.denial = denial
            firstAt = now
            lastAt = now
        }

        private var toldAt: Timestamp?

        var id: String { number.description }

        /// Whether it is new or was not told of for a minute; and if so, it is told of now.
        func isWorthTelling(at now: Moment) -> Bool {
            if let toldAt, now.wall - toldAt < 60_000 { return false }
            toldAt = now.wall
            return true
        }
    }

    private var entries: [Key: Entry] = [:]
    /// The numbers of one principal's entries, the oldest first.
    private var ofPrincipal: [[UInt8]: [Entry]] = [:]
    private var inOrder = Ring<Entry>(bound: ObservationLimits.denials)
    private var number: Int64 = 0
    private(set) var total: Int64 = 0
    private(set) var rate = MinuteRate()

    var count: Int { entries.count }
    var newestFirst: [Entry] { entries.values.sorted { ($0.lastAt, $0.number) > ($1.lastAt, $1.number) } }

    /// The entry it was merged into.
    mutating func add(_ denial: Denial, at now: Moment) -> Entry {
        total &+= 1
        rate.count(at: now)
        var denial = denial
        denial.topic = denial.topic.map { Array($0.prefix(ObservationLimits.shownBytes)) }
        // Nobody's real id is as long; ten thousand ids of 64 KiB would be what memory ends with.
        denial.clientID = Array(denial.clientID.prefix(ObservationLimits.shownBytes))
        let who = DenialLedger.principal(of: denial)
        let key = Key(
            who: who, action: denial.action, topic: denial.topic, rule: denial.rule, reason: denial.reason)
        let entry = entries[key] ?? open(key, denial, at: now)
        entry.denial = denial
        entry.count &+= 1
        entry.lastAt = now.wall
        entry.rate.count(at: now)
        entry.samples.insert(now.wall, at: 0)
        if entry.samples.count > 5 { entry.samples.removeLast() }
        return entry
    }

    private mutating func open(_ key: Key, _ denial: Denial, at now: Moment) -> Entry {
        number &+= 1
        let entry = Entry(number: number, key: key, denial: denial, at: now.wall)
        if inOrder.count == inOrder.bound { forget(inOrder[newest: inOrder.count - 1]) }
        var own = ofPrincipal[key.who] ?? []
        if own.count >= ObservationLimits.denialsPerPrincipal, let oldest = own.first {
            own.removeFirst()
            if entries[oldest.key] === oldest { entries[oldest.key] = nil }
        }
        own.append(entry)
        ofPrincipal[key.who] = own
        entries[key] = entry
        inOrder.append(entry)
        return entry
    }

    private mutating func forget(_ entry: Entry) {
        guard entries[entry.key] === entry else { return }
        entries[entry.key] = nil
        ofPrincipal[entry.key.who]?.removeAll { $0 === entry }
        if ofPrincipal[entry.key.who]?.isEmpty == true { ofPrincipal[entry.key.who] = nil }
    }

    /// Who is refused: a client, or the host of one that was not recognised.
    private static func principal(of denial: Denial) -> [UInt8] {
        switch denial.principal {
        case .worker(let pool): [0] + pool.bytes + denial.clientID
        case .backend(let name): [1] + Array(name.utf8) + [0] + denial.clientID
        case .admin(let name, _): [2] + Array(name.utf8)
        case .open: [3] + denial.clientID
        case nil: [4] + Array(host(of: denial.address).utf8)
        }
    }

    /// The address without its port, which differs each time.
    static func host(of address: String) -> String {
        address.lastIndex(of: ":").map { String(address[..<$0]) } ?? address
    }
}
