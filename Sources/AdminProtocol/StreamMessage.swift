/// What the broker pushes to a watching connection on `$CONTROL/broker/v1/stream`.
///
/// A watch begins with a snapshot and goes on with deltas; `seq` grows by one, and a gap asks for a new snapshot.
package struct StreamMessage: Codable, Equatable, Sendable {
    package var v: Int
    /// The watch this belongs to; absent for an outcome.
    package var watch: String?
    package var seq: Int?
    package var at: Timestamp
    package var snapshot: JSON?
    package var delta: Delta?
    /// What followed a kick that this connection asked for.
    package var outcome: KickOutcome?

    package init(
        v: Int = 1, watch: String? = nil, seq: Int? = nil, at: Timestamp, snapshot: JSON? = nil, delta: Delta? = nil,
        outcome: KickOutcome? = nil
    ) {
        self.v = v
        self.watch = watch
        self.seq = seq
        self.at = at
        self.snapshot = snapshot
        self.delta = delta
        self.outcome = outcome
    }
}
