import BrokerCore
import MQTT

/// A connection as both ends of its socket see it, with what is under way between them.
final class Link {
    enum Phase: Equatable {
        /// CONNECT is under way.
        case greeting
        case open
        /// The client said goodbye, or the broker did.
        case leaving
    }

    let id: ConnectionID
    let client: SimulatedClient
    let cleanStart: Bool
    /// Seconds the session may outlive this connection.
    let expiry: Int64
    /// What the client takes at once.
    let receiveMaximum: Int
    let will: Int?
    /// Seconds the will waits for the client to come back.
    let willDelay: Int64
    /// The most topic aliases the client takes, and those it was told.
    let aliasMaximum: UInt16
    var toldAliases: [UInt16: TopicName] = [:]
    /// The same the other way.
    var sendAliasMaximum: UInt16 = 0
    var givenAliases: [UInt16: TopicName] = [:]
    var phase = Phase.greeting
    /// Towards the broker, not delivered.
    var outgoing: [UInt8] = []
    /// From the broker, not read.
    var incoming: [UInt8] = []
    /// The broker does not read.
    var isPaused = false
    /// The client does not read: output stays with the broker.
    var isStalled = false
    /// The broker has output waiting.
    var hasOutput = false
    /// The broker wants it closed.
    var isClosedByBroker = false
    /// When that was, and at which step of the world.
    var closedAt: Moment?
    var closedStep: Int?
    /// When the broker had the whole of CONNECT.
    var greetedAt: Moment?
    /// The whole of a goodbye that takes the will back is in `outgoing`.
    var takesWillBack = false
    /// CONNACK refused it.
    var isRefused = false
    /// Its certificate was revoked.
    var isRevoked = false
    /// A newer connection of the same client exists: nobody acts on this one any more.
    var isAbandoned = false

    /// What the client sends at once at most, as CONNACK said.
    var sendMaximum = 20
    /// Messages the client sent on this connection and waits for PUBACK or PUBREC, in order.
    var awaitingPubAck: [UInt16] = []
    var awaitingPubRec: [UInt16] = []
    /// Messages of the broker that the client has not finished with.
    var unfinished: Set<UInt16> = []
    /// What the client will answer, in order, when it gets to it.
    var answers: [Packet] = []
    var subscribing: [UInt16: [Subscription]] = [:]
    var unsubscribing: [UInt16: [TopicFilter]] = [:]

    init(
        id: ConnectionID, client: SimulatedClient, cleanStart: Bool, expiry: Int64, receiveMaximum: Int,
        aliasMaximum: UInt16, will: Int?, willDelay: Int64
    ) {
        self.id = id
        self.client = client
        self.cleanStart = cleanStart
        self.expiry = expiry
        self.receiveMaximum = receiveMaximum
        self.aliasMaximum = aliasMaximum
        self.will = will
        self.willDelay = willDelay
    }

    func send(_ packet: Packet) {
        outgoing += packet.encoded(client.version)
    }
}
