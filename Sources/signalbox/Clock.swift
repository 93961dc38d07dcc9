import AdminProtocol
import Glibc

/// What time it is, and how much of it has passed.
enum Clock {
    /// Milliseconds since 1970, as the clock on the wall says.
    static func wall() -> Timestamp { read(CLOCK_REALTIME) }

    /// Milliseconds that only grow.
    static func steady() -> Milliseconds { read(CLOCK_MONOTONIC) }

    /// Does nothing for so long.
    static func sleep(_ milliseconds: Milliseconds) {
        let end = steady() + milliseconds
        while steady() < end {
            let rest = max(1, end - steady())
            var span = timespec(tv_sec: Int(rest / 1000), tv_nsec: Int(rest % 1000) * 1_000_000)
            nanosleep(&span, nil)
        }
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
