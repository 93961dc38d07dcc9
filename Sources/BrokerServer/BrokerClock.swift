import BrokerCore
import Glibc
import NIOCore

/// Both clocks at the price of one: the wall's is kept as a distance and looked at anew ten times a second.
struct BrokerClock {
    private var distance: Int64 = 0

    init() {
        refresh()
    }

    mutating func refresh() {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        let milliseconds = Int64(wall.tv_sec) * 1_000 + Int64(wall.tv_nsec) / 1_000_000
        distance = milliseconds - BrokerClock.monotonic() / 1_000_000
    }

    var now: Moment { moment(nanoseconds: BrokerClock.monotonic()) }

    func moment(of deadline: NIODeadline) -> Moment {
        moment(nanoseconds: Int64(clamping: deadline.uptimeNanoseconds))
    }

    private func moment(nanoseconds: Int64) -> Moment {
        Moment(nanoseconds: nanoseconds, wall: nanoseconds / 1_000_000 + distance)
    }

    private static func monotonic() -> Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }
}
