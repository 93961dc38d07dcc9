import BrokerCore
import MQTT

/// One socket of a visitor.
final class Call {
    enum Phase: Equatable {
        /// The door let it in, and nobody knows whose it is.
        case entered
        /// It is known whose it is, or will be when it has said CONNECT.
        case stranger
        case connected
        /// It failed too often and waits to be told.
        case penalised(by: Int64)
        /// Its papers were no good, and it waits for its end.
        case kept(until: Int64)
        /// The broker asked for its end.
        case leaving
    }

    let visitor: Visitor
    var phase = Phase.entered
    var id: ConnectionID?
    /// Whether it counts as a stranger at the door.
    var isStranger: Bool
    var greeting: Greeting?
    /// Of the greeting, not said yet.
    var unsaid: [UInt8] = []
    var isPaused = false
    var isClosed = false
    /// What CONNACK said.
    var answer: ReasonCode?

    init(_ visitor: Visitor) {
        self.visitor = visitor
        isStranger = visitor.place.source != nil
    }
}
