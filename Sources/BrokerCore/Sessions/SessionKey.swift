import MQTT

/// Under which name a session is kept: two clients of two credentials never share one. [T-31]
struct SessionKey: Hashable, Comparable {
    private let owner: String
    let clientID: ClientID

    init(_ principal: Principal, _ clientID: ClientID) {
        self.clientID = clientID
        owner =
            switch principal {
            case .worker(let pool): "worker/\(pool)"
            case .backend(let name): "backend/\(name)"
            case .admin(let name, _): "admin/\(name)"
            case .open: "open"
            }
    }

    func hash(into hasher: inout Hasher) {
        // Whose it is, is compared but not hashed: hardly ever are there two of one name.
        hasher.combine(clientID)
    }

    static func < (one: SessionKey, other: SessionKey) -> Bool {
        guard one.clientID == other.clientID else {
            return one.clientID.bytes.lexicographicallyPrecedes(other.clientID.bytes)
        }
        return one.owner < other.owner
    }
}
