import MQTT

/// What was sent at QoS 1 and 2 and is not over, in order, found by packet identifier without a search.
///
/// Identifiers are given in turn, so an identifier's place follows from that of the oldest; what is over in the middle
/// stays until the older ones are. [MQTT-2.2.1-4]
struct InFlight {
    private var ring = RingQueue<Delivery>()
    private var oldestID: UInt16 = 1
    /// How many are not over.
    private(set) var outstanding = 0

    var isEmpty: Bool { ring.isEmpty }
    /// Of the messages under way; counted anew, for it is seldom asked.
    var bytes: Int {
        var bytes = 0
        for place in 0..<ring.count { bytes += ring[place]?.message.weight ?? 0 }
        return bytes
    }
    var count: Int { ring.count }
    @inline(__always)
    var footprint: Int { ring.footprint }
    /// Whether all identifiers are between the oldest and the newest.
    var isFull: Bool { ring.count >= 65_535 }

    /// Takes a delivery in and says under which identifier it goes.
    mutating func append(_ delivery: Delivery) -> UInt16 {
        let id = identifier(at: ring.count)
        ring.append(delivery)
        outstanding += 1
        return id
    }

    /// How far a delivery is, looked at where it stands.
    struct Progress {
        let qos: QoS
        let state: Delivery.State
        let sentAt: Int64
    }

    /// Nil if there is nothing under way under `id`.
    func progress(of id: UInt16) -> Progress? {
        let found = ring.look(at: place(of: id)) { Progress(qos: $0.qos, state: $0.state, sentAt: $0.sentAt) }
        guard let found, found.state != .done else { return nil }
        return found
    }

    subscript(id: UInt16) -> Delivery? {
        get {
            guard let delivery = ring[place(of: id)], delivery.state != .done else { return nil }
            return delivery
        }
        set { ring[place(of: id)] = newValue }
    }

    /// The message under `id` is over; says how many places were given up at the front.
    mutating func finish(_ id: UInt16) -> Int {
        let place = place(of: id)
        guard ring.change(at: place, { $0?.finish() ?? false }) else { return 0 }
        outstanding -= 1
        var gone = 0
        while ring.change(at: 0, { $0?.state == .done }) {
            pop()
            gone += 1
        }
        return gone
    }

    /// The delivery at a place in the order of sending, with its identifier.
    func at(_ place: Int) -> (id: UInt16, delivery: Delivery)? {
        ring[place].map { (identifier(at: place), $0) }
    }

    mutating func removeAll() {
        oldestID = identifier(at: ring.count)
        ring.removeAll()
        outstanding = 0
    }

    private mutating func pop() {
        oldestID = oldestID == 65_535 ? 1 : oldestID + 1
        ring.popFirst()
    }

    private func identifier(at place: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: (Int(oldestID) - 1 + place) % 65_535 + 1)
    }

    private func place(of id: UInt16) -> Int {
        id == 0 ? -1 : (Int(id) - Int(oldestID) + 65_535) % 65_535
    }
}
