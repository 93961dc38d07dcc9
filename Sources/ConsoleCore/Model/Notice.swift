import AdminProtocol

/// One sentence on the status line, for a while.
struct Notice: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case sentence
        /// Of what goes on; stays until there is something newer to say of it.
        case outcome
        /// Of no weight: gone with the next key.
        case aside

        var shownFor: Milliseconds {
            switch self {
            case .sentence: 8000
            case .outcome: 65_000
            case .aside: 3000
            }
        }
    }

    var text: DisplayText
    var role: Style.Role
    var kind: Kind
    var until: Timestamp
}

/// What came of a kick given here, kept for the row it was given for.
struct FollowedKick: Equatable, Sendable {
    var request: String
    var worker: String
    var at: Timestamp
    var text: DisplayText
    /// Whether the text says what came after, and no longer only what was done at once.
    var isFollowed = false
}

/// A request the broker has not answered yet.
struct Pending: Equatable, Sendable {
    enum Purpose: Equatable, Sendable {
        case hello
        case history
        case watch(Feed)
        case close
        case kick(worker: String)
        case level(scope: String)
        case revert(scope: String)

        /// Whether its outcome is in doubt if no answer comes.
        var changes: Bool {
            switch self {
            case .hello, .history, .watch, .close: false
            case .kick, .level, .revert: true
            }
        }
    }

    var purpose: Purpose
    var sentAt: Timestamp
}
