/// Who is known: every client that is connected, those that left not long ago, and the pools.
struct Roster {
    /// Two clients are one when their principals and client ids are.
    private struct Key: Hashable {
        let pool: ULID?
        /// Keeps workers, the platform, operators and open clients apart.
        let kind: UInt8
        let clientID: [UInt8]
    }

    private var clients: [Key: ClientRecord] = [:]
    private(set) var pools: [ULID: String] = [:]

    mutating func client(of principal: Principal, clientID: [UInt8]) -> ClientRecord {
        let key = Roster.key(principal, clientID)
        if let known = clients[key] { return known }
        let worker = key.pool == nil ? nil : ULID(clientID)
        let record = ClientRecord(principal: principal, pool: key.pool, worker: worker, clientID: clientID)
        clients[key] = record
        return record
    }

    mutating func poolsChanged(_ pools: [ULID: String]) {
        self.pools = pools
    }

    private static func key(_ principal: Principal, _ clientID: [UInt8]) -> Key {
        switch principal {
        case .worker(let pool): Key(pool: pool, kind: 0, clientID: clientID)
        case .backend: Key(pool: nil, kind: 1, clientID: clientID)
        case .admin: Key(pool: nil, kind: 2, clientID: clientID)
        case .open: Key(pool: nil, kind: 3, clientID: clientID)
        }
    }
}
