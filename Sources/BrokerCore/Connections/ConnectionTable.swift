/// The connections, by place; a place that is used again has another generation.
struct ConnectionTable {
    private var slots: [Connection?] = []
    private var generations: [UInt32] = []
    private var free: [Int] = []
    private(set) var count = 0

    /// Places that may hold a connection, for going round.
    var places: Int { slots.count }

    @inline(__always)
    subscript(id: ConnectionID) -> Connection? {
        let place = Int(id.slot)
        guard place < slots.count, let connection = slots[place], connection.id.generation == id.generation else {
            return nil
        }
        return connection
    }

    func at(_ place: Int) -> Connection? { slots[place] }

    mutating func add(_ make: (ConnectionID) -> Connection) -> Connection {
        count += 1
        if let place = free.popLast() {
            let connection = make(ConnectionID(slot: UInt32(place), generation: generations[place]))
            slots[place] = connection
            return connection
        }
        let connection = make(ConnectionID(slot: UInt32(slots.count), generation: 0))
        slots.append(connection)
        generations.append(0)
        return connection
    }

    mutating func remove(_ id: ConnectionID) {
        guard self[id] != nil else { return }
        let place = Int(id.slot)
        slots[place] = nil
        generations[place] &+= 1
        free.append(place)
        count -= 1
    }

    /// Those there are, in the order of their places.
    var all: [Connection] { slots.compactMap { $0 } }
}
