import Glibc
import TestSupport

/// Many connections that all say the same at once, as fast as they are listened to.
final class Crowd {
    private var members: [(socket: Loopback, rest: ArraySlice<UInt8>)] = []

    /// Of those that were not closed.
    var sockets: [Loopback] { members.map(\.socket) }

    /// Many shells give fewer descriptors than the largest crowd takes.
    private static let hasRoom: Bool = {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return false }
        guard limit.rlim_cur < 4_096 else { return true }
        limit.rlim_cur = min(limit.rlim_max, 4_096)
        return setrlimit(resource, &limit) == 0
    }()

    /// Connects clients `0..<count` with MQTT 3.1.1, in steps small enough for the door.
    init(_ count: Int, to port: UInt16, named name: (Int) -> String) async throws {
        guard Crowd.hasRoom else { throw Overdue(description: "room for a crowd") }
        for start in stride(from: 0, to: count, by: 200) {
            let numbers = start..<min(count, start + 200)
            let sockets = try numbers.map { number in
                let socket = try Loopback(port: port, from: UInt8(2 + number % 5))
                _ = socket.offer(hex("10 [ <MQTT> 04 02 0000 <\(name(number))> ]")[...])
                return socket
            }
            for socket in sockets {
                guard try await socket.receive(4) == hex("20 02 0000") else {
                    throw Overdue(description: "everybody is let in")
                }
                members.append((socket, []))
            }
        }
    }

    /// Says `bytes` to the end, whole, as often as `isOver` does not hold; what is not listened to waits.
    func say(
        _ bytes: (Int) -> [UInt8], within limit: Duration, _ what: String, until isOver: () throws -> Bool
    ) async throws {
        try await becomesTrue(within: limit, what) {
            for place in members.indices {
                if members[place].rest.isEmpty { members[place].rest = bytes(place)[...] }
                guard let taken = members[place].socket.offer(members[place].rest) else { continue }
                members[place].rest = members[place].rest.dropFirst(taken)
            }
            return try isOver()
        }
    }
}
