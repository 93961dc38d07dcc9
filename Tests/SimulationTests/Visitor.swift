import BrokerCore
import MQTT

/// Somebody who comes to the door again and again.
final class Visitor {
    enum Manner: Equatable {
        /// Everything it says is right.
        case good
        /// Some of it is.
        case clumsy
        /// It claims an id that is not its own, and is found out each time.
        case thief
        /// The broker never hears it: its papers are no good, or it has none.
        case unrecognised
        /// It says nothing, or what nobody understands.
        case dumb
    }

    let name: String
    let place: Place
    let manner: Manner
    let listener: Peer.Listener
    let principal: Principal
    let fingerprint: String?
    let clientID: ClientID
    let version: ProtocolVersion
    /// How many sockets it has at once.
    let most: Int

    init(
        _ name: String, _ manner: Manner, from place: Place, _ principal: Principal, fingerprint: String?,
        clientID: ClientID, listener: Peer.Listener = .workers, version: ProtocolVersion = .v5, most: Int = 1
    ) {
        self.name = name
        self.manner = manner
        self.place = place
        self.listener = listener
        self.principal = principal
        self.fingerprint = fingerprint
        self.clientID = clientID
        self.version = version
        self.most = most
    }

    /// Under what its failures with `clientID` are remembered; nil if they are not.
    func identity(_ clientID: [UInt8]) -> DoorBook.Identity? {
        guard let fingerprint, place.source != nil else { return nil }
        return DoorBook.Identity(fingerprint: fingerprint, clientID: clientID, pace: place.pace)
    }
}
