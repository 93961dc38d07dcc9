import Glibc

/// The two clocks of this target, in milliseconds.
enum QueueClock {
    /// Since 1970; it may jump.
    static func wall() -> Int64 { read(CLOCK_REALTIME) }

    /// It only grows.
    static func steady() -> Int64 { read(CLOCK_MONOTONIC) }

    static func sleep(_ milliseconds: Int64) {
        usleep(useconds_t(clamping: milliseconds * 1_000))
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
