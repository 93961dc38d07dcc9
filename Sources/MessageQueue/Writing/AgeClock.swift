/// The time by which messages grow old: that of the wall, but never ahead of the clock that does not jump. [T-75]
///
/// A wall clock that is set a week ahead by mistake must not have the queue emptied: what was stored today is not old.
/// One that is set back makes messages live longer, which is no harm.
struct AgeClock {
    /// From the clock that does not jump to that of the wall, as it was at the start.
    private let offset: Int64

    init(wall: Int64, steady: Int64) {
        offset = wall - steady
    }

    /// Milliseconds since 1970.
    func now(wall: Int64, steady: Int64) -> Int64 { min(wall, steady + offset) }
}
