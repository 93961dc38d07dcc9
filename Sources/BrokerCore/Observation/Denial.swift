import AdminProtocol

/// One refusal: who wanted what, the rule that refused it, and what would have been allowed.
package struct Denial {
    package enum Action: String, Sendable {
        case connect
        case publish
        case subscribe
        case will
        case receive
        case admin
    }

    /// Nil when nobody was recognised yet.
    package var principal: Principal?
    /// The client, once it is one.
    package var client: ClientRecord?
    /// As given in CONNECT; empty if it did not come so far.
    package var clientID: [UInt8]
    package var address: String
    package var action: Action
    /// The topic or filter asked for.
    package var topic: [UInt8]?
    /// The rule that refused, such as `subscribe.own-topic-only`.
    package var rule: String
    /// A short reason, such as `not-own-pool`.
    package var reason: String
    /// The topic that would have been allowed.
    package var allowed: [UInt8]?
    /// The first level that differs from `allowed`, counted from 0.
    package var differingLevel: Int?
    /// One sentence on that level.
    package var difference: String?
    /// What the client was told, such as `SUBACK 0x87, connection kept`.
    package var outcome: String

    package init(
        principal: Principal?, client: ClientRecord? = nil, clientID: [UInt8] = [], address: String, action: Action,
        topic: [UInt8]? = nil, rule: String, reason: String, allowed: [UInt8]? = nil, differingLevel: Int? = nil,
        difference: String? = nil, outcome: String
    ) {
        self.principal = principal
        self.client = client
        self.clientID = clientID
        self.address = address
        self.action = action
        self.topic = topic
        self.rule = rule
        self.reason = reason
        self.allowed = allowed
        self.differingLevel = differingLevel
        self.difference = difference
        self.outcome = outcome
    }
}
