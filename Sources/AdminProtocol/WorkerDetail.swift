/// Everything the broker knows about one worker.
package struct WorkerDetail: Codable, Equatable, Sendable {
    package struct Subscription: Codable, Equatable, Sendable {
        package var filter: String
        package var qos: Int

        package init(filter: String, qos: Int) {
            self.filter = filter
            self.qos = qos
        }
    }

    package struct Will: Codable, Equatable, Sendable {
        package var topic: String
        package var qos: Int
        package var bytes: Int
        package var delay: Milliseconds

        package init(topic: String, qos: Int, bytes: Int, delay: Milliseconds = 0) {
            self.topic = topic
            self.qos = qos
            self.bytes = bytes
            self.delay = delay
        }
    }

    package struct Waiting: Codable, Equatable, Sendable {
        package var at: Timestamp
        package var topic: String
        package var bytes: Int
        /// Sent and not acknowledged, or still waiting to be sent.
        package var sent: Bool

        package init(at: Timestamp, topic: String, bytes: Int, sent: Bool) {
            self.at = at
            self.topic = topic
            self.bytes = bytes
            self.sent = sent
        }
    }

    package var row: WorkerRow
    package var clientID: String
    /// From the ULID.
    package var createdAt: Timestamp?
    package var keepAlive: Milliseconds
    package var cleanStart: Bool
    package var sessionExpiry: Milliseconds
    package var receiveMaximum: Int
    /// `TLS 1.3`; absent on a plain connection.
    package var tls: String?
    /// SHA-256 of the certificate, hex.
    package var fingerprint: String?
    package var certificateExpiresAt: Timestamp?
    package var received: Traffic
    package var sent: Traffic
    package var dropped: Int64
    package var will: Will?
    package var subscriptions: [Subscription]
    /// The oldest of what waits for it, at most ten.
    package var waiting: [Waiting]
    package var lastDenial: String?
    package var lastDisconnect: String?
    package var reconnects: Int64
    /// Worker clock minus broker clock, if its messages carry one.
    package var clockSkew: Milliseconds?
    package var metadata: [String: String]
    /// Newest first, at most fifty.
    package var history: [EventRow]

    package init(
        row: WorkerRow, clientID: String, createdAt: Timestamp? = nil, keepAlive: Milliseconds = 0,
        cleanStart: Bool = true, sessionExpiry: Milliseconds = 0, receiveMaximum: Int = 65_535, tls: String? = nil,
        fingerprint: String? = nil, certificateExpiresAt: Timestamp? = nil, received: Traffic = Traffic(),
        sent: Traffic = Traffic(), dropped: Int64 = 0, will: Will? = nil, subscriptions: [Subscription] = [],
        waiting: [Waiting] = [], lastDenial: String? = nil, lastDisconnect: String? = nil, reconnects: Int64 = 0,
        clockSkew: Milliseconds? = nil, metadata: [String: String] = [:], history: [EventRow] = []
    ) {
        self.row = row
        self.clientID = clientID
        self.createdAt = createdAt
        self.keepAlive = keepAlive
        self.cleanStart = cleanStart
        self.sessionExpiry = sessionExpiry
        self.receiveMaximum = receiveMaximum
        self.tls = tls
        self.fingerprint = fingerprint
        self.certificateExpiresAt = certificateExpiresAt
        self.received = received
        self.sent = sent
        self.dropped = dropped
        self.will = will
        self.subscriptions = subscriptions
        self.waiting = waiting
        self.lastDenial = lastDenial
        self.lastDisconnect = lastDisconnect
        self.reconnects = reconnects
        self.clockSkew = clockSkew
        self.metadata = metadata
        self.history = history
    }
}

/// Arguments of `worker.get`.
package struct WorkerQuery: Codable, Equatable, Sendable {
    package var worker: String

    package init(worker: String) {
        self.worker = worker
    }
}
