import CPolling
import Glibc

/// A descriptor that the reactor watches: an accepted socket or a listening one.
///
/// Confined to the reactor's thread.
package class Polled {
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let readable = Interest(rawValue: UInt32(CP_READABLE))
        static let writable = Interest(rawValue: UInt32(CP_WRITABLE))
    }

    struct Readiness: OptionSet {
        let rawValue: UInt32
        static let readable = Readiness(rawValue: UInt32(CP_READABLE))
        static let writable = Readiness(rawValue: UInt32(CP_WRITABLE))
        /// Broken, or over in both directions: told whatever the interest is.
        static let over = Readiness(rawValue: UInt32(CP_BROKEN) | UInt32(CP_HUNG_UP))
    }

    /// Below zero once it is closed.
    @exclusivity(unchecked) final fileprivate(set) var descriptor: CInt
    @exclusivity(unchecked) final fileprivate(set) var interest: Interest = []

    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// The kernel says that something can be done.
    func ready(_ readiness: Readiness) {}
}

extension Reactor {
    /// Watches it, and holds on to it until `forget`. Throws if the kernel takes no more.
    func watch(_ one: Polled, for interest: Polled.Interest) throws {
        let descriptor = one.descriptor
        guard cp_add(set, descriptor, interest.rawValue) == 0 else { throw SystemFailure("epoll_ctl") }
        one.interest = interest
        while polled.count <= Int(descriptor) { polled.append(nil) }
        polled[Int(descriptor)] = one
    }

    func change(_ one: Polled, to interest: Polled.Interest) {
        guard one.descriptor >= 0, one.interest != interest else { return }
        one.interest = interest
        // It cannot fail for a descriptor that is watched.
        _ = cp_change(set, one.descriptor, interest.rawValue)
    }

    /// Closes the descriptor, which ends the watch as well.
    func close(_ one: Polled) {
        let descriptor = one.descriptor
        guard descriptor >= 0 else { return }
        one.descriptor = -1
        if Int(descriptor) < polled.count { polled[Int(descriptor)] = nil }
        Glibc.close(descriptor)
    }
}
