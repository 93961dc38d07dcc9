/// What the open listener does beside the defaults, for whoever tests clients or brokers against it.
package struct OpenRules: Equatable, Sendable {
    /// A SUBSCRIBE to one of these is refused, byte for byte: suites ask how a client takes that.
    package var deniedFilters: [[UInt8]]
    /// Seconds; who asks for more, or for none, is told to keep this. Nil keeps what was asked for.
    package var maximumKeepAlive: UInt16?
    /// Messages of QoS 1 and 2 that one client may have under way. Nil for `Limits.receiveMaximum`.
    package var receiveMaximum: UInt16?

    package init(deniedFilters: [[UInt8]] = [], maximumKeepAlive: UInt16? = nil, receiveMaximum: UInt16? = nil) {
        self.deniedFilters = deniedFilters
        self.maximumKeepAlive = maximumKeepAlive
        self.receiveMaximum = receiveMaximum
    }
}
