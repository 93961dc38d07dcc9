import Glibc

/// The time of a run: microseconds since it began, by the clock that never jumps.
struct RunClock: Sendable {
    private let start = RunClock.steady()

    func now() -> Int64 { RunClock.steady() - start }

    static func steady() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    /// Milliseconds since 1970.
    static func wall() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Does nothing for so many microseconds.
    static func sleep(_ microseconds: Int64) {
        let end = steady() + microseconds
        while steady() < end {
            let rest = max(1, end - steady())
            var span = timespec(tv_sec: Int(rest / 1_000_000), tv_nsec: Int(rest % 1_000_000) * 1_000)
            nanosleep(&span, nil)
        }
    }

    /// Asks every two milliseconds until `condition` holds; false if it did not within `limit` microseconds.
    static func wait(atMost limit: Int64, until condition: () throws -> Bool) rethrows -> Bool {
        let end = steady() + limit
        while true {
            if try condition() { return true }
            guard steady() < end else { return false }
            sleep(2_000)
        }
    }
}
