import AdminProtocol

/// A point in time, by both clocks: one that never jumps, for deadlines, and the wall's, for records.
package struct Moment: Equatable, Sendable {
    /// Nanoseconds of a clock that only goes forward.
    package var nanoseconds: Int64
    /// Milliseconds since 1970.
    package var wall: Timestamp

    package init(nanoseconds: Int64, wall: Timestamp) {
        self.nanoseconds = nanoseconds
        self.wall = wall
    }

    package func advanced(byMilliseconds milliseconds: Int64) -> Moment {
        Moment(nanoseconds: nanoseconds &+ milliseconds &* 1_000_000, wall: wall &+ milliseconds)
    }

    /// How long after `earlier` this is, in milliseconds; never below zero.
    package func milliseconds(since earlier: Moment) -> Milliseconds {
        max(0, (nanoseconds &- earlier.nanoseconds) / 1_000_000)
    }
}
