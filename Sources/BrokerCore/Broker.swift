import AdminProtocol
import MQTT

/// The broker: events go in, effects come out.
///
/// Every method is something that happened, with the time at which it did; none reaches a socket, a clock or a disk.
/// What should follow stands in `effects`, and the bytes for a connection in its output.
package struct Broker: ~Copyable {
    /// What should happen now; the server empties it after each tick.
    package var effects = Effects()

    /// What it knows of itself.
    let observatory: Observatory
    /// Where operators are answered.
    let desk = AdminDesk()

    package init(configuration: BrokerConfiguration, at now: Moment) {
        observatory = Observatory(configuration: configuration, at: now)
    }

    /// The pools there are, by id, with the names people gave them.
    package mutating func poolsChanged(_ pools: [ULID: String], at now: Moment) {}

    /// A socket was accepted, and its peer recognised.
    package mutating func accepted(_ peer: Peer, at now: Moment) -> ConnectionID {
        ConnectionID(slot: 0, generation: 0)
    }

    /// Bytes arrived, in any portions.
    package mutating func received(_ bytes: RawSpan, from id: ConnectionID, at now: Moment) {}

    /// Lends the bytes that wait for `id` and forgets them.
    package mutating func takeOutput(of id: ConnectionID, _ use: (RawSpan) -> Void) {}

    /// The socket of `id` has ended.
    package mutating func ended(_ id: ConnectionID, _ how: ConnectionEnd, at now: Moment) {}

    /// The durable queue has committed these tickets.
    package mutating func committed(_ tickets: ClosedRange<Ticket>, at now: Moment) {}

    package mutating func queueChanged(_ status: QueueStatus, at now: Moment) {}

    /// A certificate is no longer good: its connections end within a second, and its sessions are forgotten. [T-34]
    package mutating func revoked(_ principal: Principal, fingerprint: String, at now: Moment) {}

    /// A peer was turned away before the broker saw it (TLS, an unknown certificate): it still stands in Denied.
    package mutating func turnedAway(address: String, reason: String, at now: Moment) {}

    /// Time has passed: keep alive, expiry, wills, watches, leases. Called about ten times a second.
    package mutating func elapsed(at now: Moment) {}

    /// A line of the server's own, for the ring that the console shows.
    package mutating func logged(_ line: LogLine, at now: Moment) {}

    /// The broker stops: clients are told (DISCONNECT 0x8B), wills are deferred. [T-62]
    package mutating func stopping(at now: Moment) {}
}
