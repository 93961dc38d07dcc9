/// What somebody wants to do with a topic.
package enum Action: String, Equatable, Sendable, CaseIterable {
    case publish
    case will
    case subscribe
    case receive
}

/// The answer of the access policy.
package enum Verdict: Equatable, Sendable {
    case allowed(Grant)
    case refused(Refusal)

    package var isAllowed: Bool {
        switch self {
        case .allowed: true
        case .refused: false
        }
    }
}

/// What an allowed topic means for the broker.
package enum Grant: Equatable, Sendable {
    /// To subscribers and the retained store.
    case routed
    /// To subscribers, and into the durable queue under these ids.
    case queued(pool: ULID, worker: ULID)
    /// To the broker itself.
    case admin
}

/// Why not, in terms a person can act on.
package struct Refusal: Equatable, Sendable {
    package var rule: String
    package var reason: String
    /// The topic that would have been allowed.
    package var allowed: [UInt8]?
    /// The first level that differs from it, counted from 0.
    package var differingLevel: Int?
    package var sentence: String
}
