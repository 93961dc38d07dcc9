import MQTT

/// Who is known: every client that is connected, those that left not long ago, and the pools.
struct Roster {
    /// Two clients are one when their principals and client ids are.
    private struct Key: Hashable {
        let pool: ULID?
        /// Keeps workers, the platform, operators and open clients apart.
        let kind: UInt8
        let clientID: [UInt8]

        func hash(into hasher: inout Hasher) {
            hasher.combine(name: clientID)
        }
    }

    private var clients: [Key: ClientRecord] = [:]
    /// The same, to be walked through; each knows its place in it.
    private(set) var records: [ClientRecord] = []
    /// Those that left, or never came, and when; the oldest first.
    private var departures: [(record: ClientRecord, second: Int64)] = []
    private var firstDeparture = 0
    private(set) var pools: [ULID: PoolRecord] = [:]

    mutating func client(of principal: Principal, clientID: [UInt8], second: Int64) -> ClientRecord {
        let key = Roster.key(principal, clientID)
        if let known = clients[key] { return known }
        let worker = key.pool == nil ? nil : ULID(clientID)
        let record = ClientRecord(principal: principal, pool: key.pool, worker: worker, clientID: clientID)
        add(record, key)
        departed(record, second: second)
        return record
    }

    /// A client is connected: it is listed, even if it was forgotten meanwhile.
    mutating func enrol(_ record: ClientRecord) {
        let key = Roster.key(record.principal, record.clientID)
        if let known = clients[key] {
            guard known !== record else { return }
            remove(known, key)
        }
        add(record, key)
    }

    mutating func departed(_ record: ClientRecord, second: Int64) {
        record.departedSecond = second
        departures.append((record, second))
        if departures.count - firstDeparture > ObservationLimits.departed { forgetOldest() }
    }

    /// Forgets who left long ago.
    mutating func forget(before second: Int64) {
        while firstDeparture < departures.count, departures[firstDeparture].second < second { forgetOldest() }
    }

    private mutating func forgetOldest() {
        let (record, second) = departures[firstDeparture]
        firstDeparture += 1
        if firstDeparture > 1_024, firstDeparture * 2 > departures.count {
            departures.removeFirst(firstDeparture)
            firstDeparture = 0
        }
        let key = Roster.key(record.principal, record.clientID)
        guard record.connection == nil, record.departedSecond <= second, clients[key] === record else { return }
        remove(record, key)
    }

    private mutating func add(_ record: ClientRecord, _ key: Key) {
        clients[key] = record
        record.place = records.count
        records.append(record)
    }

    private mutating func remove(_ record: ClientRecord, _ key: Key) {
        clients[key] = nil
        guard record.place < records.count, records[record.place] === record, let last = records.last else { return }
        records[record.place] = last
        last.place = record.place
        records.removeLast()
    }

    /// The worker of that ULID; of two pools' with one ULID, the connected one, then the one of the first pool.
    func worker(named id: String) -> ClientRecord? {
        if let worker = ULID(id) {
            let named = records.filter { $0.worker == worker && $0.isListed }
            return named.min { one, other in
                let absent = (one.connection == nil, other.connection == nil)
                if absent.0 != absent.1 { return absent.1 }
                guard let left = one.pool, let right = other.pool else { return false }
                return left < right
            } ?? clients[Key(pool: nil, kind: 3, clientID: Array(id.utf8))]
        }
        return clients[Key(pool: nil, kind: 3, clientID: Array(id.utf8))]
            ?? records.first { $0.isListed && $0.id.utf8.elementsEqual(id.utf8) }
    }

    mutating func poolsChanged(_ names: [ULID: String]) {
        for id in pools.keys where names[id] == nil { pools[id] = nil }
        for (id, name) in names {
            if let pool = pools[id] { pool.name = DisplayText.of(name) } else { pools[id] = PoolRecord(id, name) }
        }
    }

    /// The record of a pool that was not told of, made if there is none.
    mutating func pool(_ id: ULID) -> PoolRecord {
        if let known = pools[id] { return known }
        let pool = PoolRecord(id, "")
        pools[id] = pool
        return pool
    }

    func poolName(_ id: ULID?) -> String? { id.flatMap { pools[$0]?.name } }

    private static func key(_ principal: Principal, _ clientID: [UInt8]) -> Key {
        switch principal {
        case .worker(let pool): Key(pool: pool, kind: 0, clientID: clientID)
        case .backend: Key(pool: nil, kind: 1, clientID: clientID)
        case .admin: Key(pool: nil, kind: 2, clientID: clientID)
        case .open: Key(pool: nil, kind: 3, clientID: clientID)
        }
    }
}
