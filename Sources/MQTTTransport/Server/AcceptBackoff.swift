import Glibc
import NIOCore

/// How long nothing is accepted when the process is short of descriptors: longer each time, up to a second. [T-71]
struct AcceptBackoff {
    private var last: TimeAmount?

    /// Whether waiting may help; else the one that was to be accepted has gone, and the next may be fine.
    static func isShortage(_ code: CInt) -> Bool {
        [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code)
    }

    mutating func accepted() {
        last = nil
    }

    mutating func next() -> TimeAmount {
        let span = min(last.map { $0 * 2 } ?? .milliseconds(10), .seconds(1))
        last = span
        return span
    }
}
