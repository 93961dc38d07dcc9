import NIOCore

/// One connection to a broker, as a client: a worker of the fleet, a console's link, a test.
///
/// Everything happens on its event loop: make it anywhere, but call its methods there (`run` hops), and its callbacks
/// run there. It does not reconnect: whoever owns it knows when that is wanted. After its end a client can `connect`
/// again; nothing of the former connection is sent twice.
package final class MQTTClient: @unchecked Sendable {
    /// What CONNACK said.
    package struct Connected: Equatable, Sendable {
        package var sessionPresent: Bool
        /// In MQTT 5 the broker may choose the id.
        package var assignedClientID: [UInt8]?
        package var serverKeepAlive: UInt16?
        package var receiveMaximum: UInt16
    }

    package enum State: Equatable, Sendable {
        case idle
        case connecting
        case connected
        case closing
    }

    package let loop: any EventLoop
    package let target: ClientTarget
    package var options: ClientOptions
    package private(set) var state = State.idle

    /// A message came. A QoS 1 or 2 message is acknowledged when this returns, unless `acknowledges` is off.
    package var onMessage: ((ClientMessage) -> Void)?
    /// The connection that had been accepted ended; called once for each.
    package var onEnd: ((ClientEnd) -> Void)?
    /// Off: QoS 1 and 2 messages are taken and never acknowledged, as a worker that hangs would do.
    package var acknowledges = true

    package init(_ target: ClientTarget, _ options: ClientOptions, on loop: any EventLoop) {
        self.target = target
        self.options = options
        self.loop = loop
    }

    /// Calls `body` on the event loop: at once when there already.
    package func run(_ body: @escaping @Sendable (MQTTClient) -> Void) {
        loop.inEventLoop ? body(self) : loop.execute { body(self) }
    }

    /// Connects, and calls back once: with what CONNACK said, or why not.
    package func connect(_ done: @escaping (Result<Connected, ClientError>) -> Void) {
        done(.failure(.unreachable("not built yet")))
    }

    /// Publishes, and calls back when it is sent (QoS 0) or acknowledged (QoS 1 and 2), with the reason code.
    package func publish(_ message: ClientMessage, _ done: ((Result<UInt8, ClientError>) -> Void)? = nil) {
        done?(.failure(.notConnected))
    }

    /// Subscribes, and calls back with one reason code per filter: 0x80 and above is a refusal.
    package func subscribe(
        _ filters: [(filter: [UInt8], delivery: Delivery)], _ done: ((Result<[UInt8], ClientError>) -> Void)? = nil
    ) {
        done?(.failure(.notConnected))
    }

    package func unsubscribe(_ filters: [[UInt8]], _ done: ((Result<[UInt8], ClientError>) -> Void)? = nil) {
        done?(.failure(.notConnected))
    }

    /// Sends DISCONNECT and closes; 0x04 asks for the will (MQTT 5).
    package func disconnect(reason: UInt8 = 0, _ done: (() -> Void)? = nil) {
        done?()
    }

    /// Closes the socket without a word, as a killed process would: the broker fires the will.
    package func abort() {}
}
