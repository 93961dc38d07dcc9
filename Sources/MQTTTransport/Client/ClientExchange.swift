import MQTT

/// What a client has asked and not been answered yet, by packet id.
struct ClientExchange {
    enum Pending {
        case publish(Delivery, ((Result<UInt8, ClientError>) -> Void)?)
        /// QoS 2, PUBREL sent.
        case release(UInt8, ((Result<UInt8, ClientError>) -> Void)?)
        case subscribe(((Result<[UInt8], ClientError>) -> Void)?)
        case unsubscribe(count: Int, ((Result<[UInt8], ClientError>) -> Void)?)

        var isPublish: Bool {
            switch self {
            case .publish, .release: true
            case .subscribe, .unsubscribe: false
            }
        }
    }

    private(set) var pending: [UInt16: Pending] = [:]
    /// Publishes under way; the broker's Receive Maximum bounds them. [MQTT-3.3.4-9]
    private(set) var publishing = 0
    var receiveMaximum: UInt16 = 65_535
    /// QoS 2 messages that were taken and not released yet. [MQTT-4.3.3-10]
    var taken: Set<UInt16> = []
    private var lastID: UInt16 = 0

    var mayPublish: Bool { publishing < Int(receiveMaximum) }

    /// Nil if every id is in use.
    mutating func register(_ what: Pending) -> UInt16? {
        guard pending.count < 65_535 else { return nil }
        repeat { lastID = lastID == 65_535 ? 1 : lastID + 1 } while pending[lastID] != nil
        pending[lastID] = what
        if what.isPublish { publishing += 1 }
        return lastID
    }

    mutating func take(_ id: UInt16) -> Pending? {
        guard let what = pending.removeValue(forKey: id) else { return nil }
        if what.isPublish { publishing -= 1 }
        return what
    }

    /// Puts back what goes on under the same id.
    mutating func put(_ what: Pending, at id: UInt16) {
        pending[id] = what
        if what.isPublish { publishing += 1 }
    }
}
