import MQTT

/// What a visitor says first, and what has to come of it.
struct Greeting {
    enum Outcome: Equatable {
        case letIn
        /// With that reason, under that rule: a failure of its own.
        case refused(ReasonCode, rule: String)
        case closed
    }

    let bytes: [UInt8]
    let clientID: [UInt8]
    let outcome: Outcome

    /// What is right.
    static func good(_ visitor: Visitor) -> Greeting {
        Greeting(visitor, Connect(version: visitor.version, clientID: visitor.clientID), .letIn)
    }

    /// A will that nobody of that name may leave.
    static func foreignWill(_ visitor: Visitor, _ topic: TopicName) -> Greeting {
        let connect = Connect(
            version: visitor.version, clientID: visitor.clientID, will: Will(topic: topic, payload: [1]))
        return Greeting(visitor, connect, .refused(.notAuthorized, rule: "will.own-topic-only"))
    }

    static func retainedWill(_ visitor: Visitor, _ topic: TopicName) -> Greeting {
        let will = Will(topic: topic, payload: [1], retain: true)
        let reason: ReasonCode = visitor.version == .v5 ? .retainNotSupported : .notAuthorized
        return Greeting(
            visitor, Connect(version: visitor.version, clientID: visitor.clientID, will: will),
            .refused(reason, rule: "will.no-retain"))
    }

    /// An id that is no worker's.
    static func wrongID(_ visitor: Visitor, _ clientID: ClientID) -> Greeting {
        Greeting(
            visitor, Connect(version: visitor.version, clientID: clientID),
            .refused(.clientIdentifierNotValid, rule: "connect.client-id"))
    }

    /// A way to prove who it is that nobody offers.
    static func authentication(_ visitor: Visitor) -> Greeting {
        let connect = Connect(clientID: visitor.clientID, properties: [.authenticationMethod(Array("x".utf8))])
        return Greeting(visitor, connect, .refused(.badAuthenticationMethod, rule: "connect.authentication"))
    }

    static let nonsense = Greeting(bytes: [0xC0, 0], clientID: [], outcome: .closed)

    private init(_ visitor: Visitor, _ connect: Connect, _ outcome: Outcome) {
        self.init(
            bytes: Packet.connect(connect).encoded(visitor.version), clientID: connect.clientID.bytes, outcome: outcome)
    }

    private init(bytes: [UInt8], clientID: [UInt8], outcome: Outcome) {
        self.bytes = bytes
        self.clientID = clientID
        self.outcome = outcome
    }
}
