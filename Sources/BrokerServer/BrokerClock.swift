import BrokerCore
import Glibc
import NIOCore

/// Both clocks at the price of one: the wall's is kept as a distance and looked at anew ten times a second.
struct BrokerClock {
    /// Nanoseconds, and cut to milliseconds only once both are added: two of these clocks name one instant alike.
    private var distance: Int64 = 0

    init() {
        refresh()
    }

    mutating func refresh() {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        distance = Int64(wall.tv_sec) &* 1_000_000_000 &+ Int64(wall.tv_nsec) &- BrokerClock.monotonic()
    }

    var now: Moment { moment(nanoseconds: BrokerClock.monotonic()) }

    func moment(of deadline: NIODeadline) -> Moment {
        moment(nanoseconds: Int64(clamping: deadline.uptimeNanoseconds))
    }

    private func moment(nanoseconds: Int64) -> Moment {
        let (sum, overflows) = nanoseconds.addingReportingOverflow(distance)
        return Moment(nanoseconds: nanoseconds, wall: (overflows ? .max : sum) / 1_000_000)
    }

    private static func monotonic() -> Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }
}
