import MQTT

/// How a client introduces itself to the broker.
package struct ClientOptions: Equatable, Sendable {
    package typealias Version = ProtocolVersion

    package var version: Version
    package var clientID: [UInt8]
    package var cleanStart: Bool
    /// Seconds; 0 for none. The client sends PINGREQ by itself.
    package var keepAlive: UInt16
    /// Seconds the session outlives the connection; only in MQTT 5.
    package var sessionExpiry: UInt32
    /// How many unacknowledged messages the broker may send; only in MQTT 5.
    package var receiveMaximum: UInt16
    package var will: ClientMessage?
    /// Seconds; only in MQTT 5.
    package var willDelay: UInt32
    /// From the first attempt to CONNACK, in milliseconds.
    package var connectTimeout: Int64

    package init(
        clientID: [UInt8], version: Version = .v5, cleanStart: Bool = true, keepAlive: UInt16 = 60,
        sessionExpiry: UInt32 = 0, receiveMaximum: UInt16 = 65_535, will: ClientMessage? = nil,
        willDelay: UInt32 = 0, connectTimeout: Int64 = 10_000
    ) {
        self.version = version
        self.clientID = clientID
        self.cleanStart = cleanStart
        self.keepAlive = keepAlive
        self.sessionExpiry = sessionExpiry
        self.receiveMaximum = receiveMaximum
        self.will = will
        self.willDelay = willDelay
        self.connectTimeout = connectTimeout
    }

    package init(clientID: String, version: Version = .v5) {
        self.init(clientID: Array(clientID.utf8), version: version)
    }
}
