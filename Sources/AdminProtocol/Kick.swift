/// Arguments of `kick`: cut one connection of one worker, which may come back.
package struct Kick: Codable, Equatable, Sendable {
    package var worker: String
    /// The connection that was listed; a worker that has reconnected since is refused as stale.
    package var epoch: Int64
    /// Forget its session as well; no if absent.
    package var cleanSession: Bool?
    /// Publish its will; yes if absent.
    package var fireWill: Bool?

    package init(worker: String, epoch: Int64, cleanSession: Bool? = nil, fireWill: Bool? = nil) {
        self.worker = worker
        self.epoch = epoch
        self.cleanSession = cleanSession
        self.fireWill = fireWill
    }
}

/// The result of `kick`: what was done at once.
package struct Kicked: Codable, Equatable, Sendable {
    package var worker: String
    package var epoch: Int64
    package var connectedFor: Milliseconds
    package var willSent: Bool
    package var sessionKept: Bool

    package init(worker: String, epoch: Int64, connectedFor: Milliseconds, willSent: Bool, sessionKept: Bool) {
        self.worker = worker
        self.epoch = epoch
        self.connectedFor = connectedFor
        self.willSent = willSent
        self.sessionKept = sessionKept
    }
}

/// What followed a kick, pushed to the one who asked for it.
package struct KickOutcome: Codable, Equatable, Sendable {
    package enum State: String, Codable, Sendable {
        /// Its socket is closed.
        case gone
        /// It has connected again.
        case back
        /// It did not come back within a minute.
        case away
    }

    /// The id of the request.
    package var request: String
    package var worker: String
    package var state: State
    /// Since the kick.
    package var after: Milliseconds
    package var sameAddress: Bool?
    package var epoch: Int64?

    package init(
        request: String, worker: String, state: State, after: Milliseconds, sameAddress: Bool? = nil,
        epoch: Int64? = nil
    ) {
        self.request = request
        self.worker = worker
        self.state = state
        self.after = after
        self.sameAddress = sameAddress
        self.epoch = epoch
    }
}
