import AdminProtocol

/// What a worker's own JSON says of it; kept as bytes, so that a message that says nothing new costs no allocation.
struct ClientWord {
    enum Occupation {
        case busy
        case idle
        case drained
    }

    var busy: Bool?
    var status: [UInt8] = []
    var version: [UInt8] = []
    var run: [UInt8] = []
    /// The object as it came, at most `ClientWord.metadataBound` bytes.
    var metadata: [UInt8] = []
    /// Its clock minus ours, from the newest message that carries one.
    var clockSkew: Milliseconds?
    /// The newest heartbeat, and the usual interval between two, by `Moment.nanoseconds`.
    var lastHeartbeat: Int64 = 0
    var heartbeats: Int64 = 0
    var heartbeatInterval: Int64 = 0

    static let valueBound = 128
    static let metadataBound = 2_048
}
