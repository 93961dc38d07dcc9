import Glibc
import TestSupport

/// Many sockets at once that say what no client says, and wait for the broker to close them.
///
/// It does nothing between calls, and belongs to the thread that calls.
final class Crowd {
    private struct Member {
        let descriptor: Int32
        /// When the other side's system had taken the call; whether its program has, nobody can see.
        var connectedAt: ContinuousClock.Instant?
        /// What it says as soon as it can.
        var opening: ArraySlice<UInt8>
        /// What it says later, a byte at a time.
        var rest: ArraySlice<UInt8>
    }

    private var members: [Member] = []
    /// How long those lived that were closed, from when their call was taken.
    private(set) var lives: [Duration] = []
    var count: Int { members.count }

    deinit {
        for member in members { close(member.descriptor) }
    }

    /// One more, from 127.0.0.`host`.
    func dial(_ port: UInt16, from host: UInt8, saying opening: [UInt8] = [], then rest: [UInt8] = []) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw Overdue(description: "a socket: \(String(cString: strerror(errno)))") }
        // Gone at once when closed, or there would soon be no port left to dial from.
        var ending = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &ending, socklen_t(MemoryLayout<linger>.size))
        var late: Int32 = 1
        setsockopt(descriptor, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &late, socklen_t(MemoryLayout<Int32>.size))
        guard Crowd.with(host, 0, { bind(descriptor, $0, $1) }) == 0,
            Crowd.with(1, port, { connect(descriptor, $0, $1) }) == 0 || errno == EINPROGRESS
        else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw Overdue(description: "dialling port \(port): \(reason)")
        }
        members.append(Member(descriptor: descriptor, opening: opening[...], rest: rest[...]))
    }

    /// Each says one byte more of what it has left to say.
    func drip() {
        for place in members.indices where members[place].connectedAt != nil && members[place].opening.isEmpty {
            if let byte = members[place].rest.popFirst() { say(byte, by: members[place]) }
        }
    }

    /// Looks for those that can speak or were closed, and waits `milliseconds` for one if there is none.
    func look(_ milliseconds: Int32 = 0) {
        var polled = members.map {
            pollfd(
                fd: $0.descriptor,
                events: Int16(POLLIN | ($0.connectedAt != nil && $0.opening.isEmpty ? 0 : POLLOUT)), revents: 0)
        }
        guard poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { return }
        var staying: [Member] = []
        staying.reserveCapacity(members.count)
        for (place, seen) in polled.enumerated() {
            var member = members[place]
            if seen.revents & Int16(POLLOUT) != 0, member.connectedAt == nil { member.connectedAt = .now }
            if seen.revents & Int16(POLLOUT) != 0, !member.opening.isEmpty {
                let count = member.opening.withUnsafeBytes {
                    send(member.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count > 0 { member.opening = member.opening.dropFirst(count) }
            }
            if seen.revents & ~Int16(POLLOUT) != 0, isClosed(member) {
                lives.append(member.connectedAt.map { ContinuousClock.now - $0 } ?? .zero)
                close(member.descriptor)
            } else {
                staying.append(member)
            }
        }
        members = staying
    }

    private func isClosed(_ member: Member) -> Bool {
        var room: [UInt8] = Array(repeating: 0, count: 256)
        while true {
            let count = recv(member.descriptor, &room, room.count, 0)
            if count <= 0 { return count == 0 || (errno != EAGAIN && errno != EINTR) }
        }
    }

    private func say(_ byte: UInt8, by member: Member) {
        var byte = byte
        send(member.descriptor, &byte, 1, Int32(MSG_NOSIGNAL))
    }

    private static func with(_ host: UInt8, _ port: UInt16, _ use: (UnsafePointer<sockaddr>, socklen_t) -> Int32)
        -> Int32
    {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = (0x7F00_0000 | UInt32(host)).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
