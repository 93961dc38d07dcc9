/// Every bound of the broker, each with its reason. [SD-6]
package struct Limits: Equatable, Sendable {
    /// From accept over TLS to CONNECT, in milliseconds: one deadline that bytes do not reset. [T-02]
    package var connectDeadline: Int64 = 5_000
    /// A packet before CONNECT is accepted: no one unknown may hold more of our memory. [T-01]
    package var packetBeforeConnect = 16_384

    package init() {}
}
