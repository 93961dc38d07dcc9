import AdminProtocol

/// What the broker remembers of one client, over all its connections.
///
/// The engine counts into it on the hot path (plain integers, nothing else); everything shown is derived from it once
/// a second or when somebody looks. It outlives its connection for a while, so that a worker that is gone can be
/// listed as gone.
package final class ClientRecord {
    /// PUBLISH packets and their payload bytes, taken from the client.
    @exclusivity(unchecked) package var receivedMessages: Int64 = 0
    @exclusivity(unchecked) package var receivedBytes: Int64 = 0
    /// PUBLISH packets and their payload bytes, written for the client.
    @exclusivity(unchecked) package var sentMessages: Int64 = 0
    @exclusivity(unchecked) package var sentBytes: Int64 = 0
    /// When its last packet of any kind came, by `Moment.nanoseconds`; 0 for never.
    @exclusivity(unchecked) package var lastInNanoseconds: Int64 = 0
    /// When it last acknowledged a message (PUBACK, PUBREC, PUBCOMP): its queue has moved. 0 for never.
    @exclusivity(unchecked) package var lastAcknowledgedNanoseconds: Int64 = 0
    /// How long its last acknowledgement took; below 0 while there was none.
    @exclusivity(unchecked) package var acknowledgedAfterNanoseconds: Int64 = -1
    /// Messages for it that were given up, ever.
    @exclusivity(unchecked) package var dropped: Int64 = 0

    package let principal: Principal
    package let pool: ULID?
    /// Nil for whoever is not a worker.
    package let worker: ULID?
    package let clientID: [UInt8]

    /// Set by the engine before it notes `.connected`, nil after `.gone`.
    @exclusivity(unchecked) package var connection: ConnectionFacts?
    /// What can only be asked of the session, when somebody looks; nil once there is none.
    package var session: (any SessionFacts)?

    /// Names its newest connection: grows with every one, and over restarts of the broker. Set by the observatory.
    package internal(set) var epoch: Int64 = 0
    @exclusivity(unchecked) var story = ClientStory()
    @exclusivity(unchecked) var meter: Meter?
    @exclusivity(unchecked) var sampled = PackedCounts()
    @exclusivity(unchecked) var state: WorkerState = .gone
    /// Its place in the roster, and when it left it was this second.
    var place = 0
    var departedSecond: Int64 = 0
    /// The name it is listed under: the worker's ULID, or the client id.
    private(set) lazy var id = worker?.description ?? DisplayText.of(clientID)

    init(principal: Principal, pool: ULID?, worker: ULID?, clientID: [UInt8]) {
        self.principal = principal
        self.pool = pool
        self.worker = worker
        self.clientID = clientID
    }

    var isAdmin: Bool {
        if case .admin = principal { true } else { false }
    }

    /// Whether it stands in the list of workers: those of pools, and whoever uses the open listener.
    var isListed: Bool {
        switch principal {
        case .worker, .open: true
        case .backend, .admin: false
        }
    }
}

/// What a client said of itself in CONNECT, and where it came from.
///
/// One object for all who remember it: it is the greater part of what an idle client costs.
package final class ConnectionFacts: Sendable {
    package struct Will: Equatable, Sendable {
        package var topic: [UInt8]
        package var qos: UInt8
        package var bytes: Int
        package var delay: Milliseconds

        package init(topic: [UInt8], qos: UInt8, bytes: Int, delay: Milliseconds = 0) {
            self.topic = topic
            self.qos = qos
            self.bytes = bytes
            self.delay = delay
        }
    }

    package let id: ConnectionID
    package let peer: Peer
    package let connectedAt: Moment
    /// 4 for 3.1.1, 5 for 5.0.
    package let version: UInt8
    /// 0 for none.
    package let keepAlive: Milliseconds
    package let cleanStart: Bool
    /// How long the session outlives the connection; `Int64.max` for ever.
    package let sessionExpiry: Milliseconds
    package let receiveMaximum: Int
    package let will: Will?

    package init(
        id: ConnectionID, peer: Peer, connectedAt: Moment, version: UInt8 = 5, keepAlive: Milliseconds = 0,
        cleanStart: Bool = true, sessionExpiry: Milliseconds = 0, receiveMaximum: Int = 65_535, will: Will? = nil
    ) {
        self.id = id
        self.peer = peer
        self.connectedAt = connectedAt
        self.version = version
        self.keepAlive = keepAlive
        self.cleanStart = cleanStart
        self.sessionExpiry = sessionExpiry
        self.receiveMaximum = receiveMaximum
        self.will = will
    }
}
