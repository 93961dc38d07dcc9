import AdminProtocol
import MQTT

/// A will that outlives the broker: written down before its client hears CONNACK. [T-62]
package struct KeptWill: Equatable, Sendable {
    /// Whose it is: of one connection of one client. Nothing else is ever called the same, so whatever is stored
    /// under it twice is the same will.
    package struct Name: Hashable, Sendable {
        /// Nil for a client of the open listener.
        package let pool: ULID?
        package let clientID: ClientID
        /// The epoch of the connection, which grows over restarts.
        package let epoch: Int64

        package init(pool: ULID?, clientID: ClientID, epoch: Int64) {
            self.pool = pool
            self.clientID = clientID
            self.epoch = epoch
        }
    }

    /// How the broker went away and left the will behind, in the words of the queue's messages.
    package enum Cause: String, Equatable, Sendable, CaseIterable {
        case serverShutdown = "server_shutdown"
        case serverCrash = "server_crash"
    }

    /// How the broker that had the client and the client came apart.
    package struct Left: Equatable, Sendable {
        /// Nil if the client was lost before the broker went, and its will only waited for the end of its delay.
        package var cause: Cause?
        /// When, as far as is known: at the loss, at a stop, or at the start after a crash.
        package var at: Timestamp

        package init(cause: Cause?, at: Timestamp) {
            self.cause = cause
            self.at = at
        }
    }

    package let name: Name
    package let will: Will
    /// The certificate with which its client came: the will is worth what that is. Nil for a client of the open listener,
    /// and for what was written down before this was. [T-34]
    package let fingerprint: String?
    /// Nil while its client is with this start of the broker.
    package var left: Left?

    package init(name: Name, will: Will, fingerprint: String? = nil, left: Left? = nil) {
        self.name = name
        self.will = will
        self.fingerprint = fingerprint
        self.left = left
    }
}

/// What is to be written down of wills, in this order.
package enum WillDeed: Equatable, Sendable {
    case remember(KeptWill)
    /// Its client was lost at that time, and not because of the broker; the will waits for the end of its delay.
    case lose(KeptWill.Name, at: Timestamp)
    /// It was said, or is not to be.
    case forget(KeptWill.Name)
}

/// What a will says in the queue beside its payload.
package struct WillMark: Equatable, Sendable {
    package var name: KeptWill.Name
    /// Nil for a will whose client was lost while a broker was there.
    package var cause: KeptWill.Cause?
    /// The epoch of the connection with which the client was back before the will was said: no crash, then.
    package var supersededBy: Int64?

    package init(name: KeptWill.Name, cause: KeptWill.Cause? = nil, supersededBy: Int64? = nil) {
        self.name = name
        self.cause = cause
        self.supersededBy = supersededBy
    }
}
