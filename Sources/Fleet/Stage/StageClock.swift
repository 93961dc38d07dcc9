import BrokerCore
import Glibc
import NIOCore

/// The time as the fleet sees it; nothing but the shell reads it.
enum StageClock {
    static func now() -> Moment {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        return Moment(
            nanoseconds: Int64(clamping: NIODeadline.now().uptimeNanoseconds),
            wall: Int64(wall.tv_sec) &* 1_000 &+ Int64(wall.tv_nsec) / 1_000_000)
    }
}
