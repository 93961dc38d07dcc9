import Foundation
import Synchronization

/// A plain TCP connection to this machine, for bytes that no client would send.
package final class Loopback {
    private let descriptor: Int32

    /// From 127.0.0.`host`: each is an address of its own to the other side.
    package init(port: UInt16, from host: UInt8 = 1) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // Thousands that have just gone would keep their ports from whoever listens next.
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        if host != 1 {
            var source = Loopback.address(port: 0, host: host)
            let bound = withUnsafePointer(to: &source) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard bound == 0 else {
                let reason = String(cString: strerror(errno))
                // `deinit` closes it: twice, and the second close would be that of somebody else's socket.
                throw Overdue(description: "being 127.0.0.\(host): \(reason)")
            }
        }
        var address = Loopback.address(port: port)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            let reason = String(cString: strerror(errno))
            throw Overdue(description: "connecting to port \(port): \(reason)")
        }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    /// The port at this end.
    package var ownPort: UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(descriptor)
    }

    private static let given = Mutex<Set<UInt16>>([])

    /// A port nobody listens on now, and that was given to nobody else of this run, who may not listen there yet. Only for
    /// programs that cannot be told port 0 and asked what they got.
    package static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            let port = try unusedPort()
            if given.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw Overdue(description: "a free port: all were given away")
    }

    private static func unusedPort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = address(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let found = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard found else { throw Overdue(description: "a free port: \(String(cString: strerror(errno)))") }
        return UInt16(bigEndian: address.sin_port)
    }

    /// The same below those the system gives to who dials: else one of the clients may get this very port while nobody
    /// listens there, and is connected to itself.
    package static func lastingPort() throws -> UInt16 {
        for port in (20_000..<32_000).shuffled() as [UInt16] {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = address(port: port)
            let isFree = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if isFree, given.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw Overdue(description: "a lasting port: none is free")
    }

    package static func listens(on port: UInt16) -> Bool {
        (try? Loopback(port: port)) != nil
    }

    /// Sends all of `bytes`, or as many as the other side takes before it closes.
    package func send(_ bytes: [UInt8], within limit: Duration = .seconds(30)) async throws {
        var rest = bytes[...]
        try await becomesTrue(within: limit, "\(bytes.count) bytes are taken") {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 { rest = rest.dropFirst(count) }
            return rest.isEmpty || (count < 0 && errno != EAGAIN && errno != EINTR)
        }
    }

    /// Sends what is taken at once, and says how much that is; nil if the other side has closed.
    package func offer(_ bytes: ArraySlice<UInt8>) -> Int? {
        let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    /// Whether there is something to receive, or the other side has closed.
    package var hasSomething: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK)) >= 0
    }

    /// At least `count` bytes, or what came before the other side closed.
    package func receive(_ count: Int, within limit: Duration = .seconds(30)) async throws -> [UInt8] {
        var received: [UInt8] = []
        var portion = [UInt8](repeating: 0, count: 65_536)
        return try await eventually(within: limit, "\(count) bytes come; so far \(received)") {
            let got = portion.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if got > 0 { received += portion.prefix(got) }
            let closed = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)
            return closed || received.count >= count ? received : nil
        }
    }

    /// Everything until the other side closes; throws if it does not.
    package func receiveToEnd(within limit: Duration = .seconds(30)) async throws -> [UInt8] {
        try await receive(.max, within: limit)
    }

    private static func address(port: UInt16, host: UInt8 = 1) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = (0x7F00_0000 | UInt32(host)).bigEndian
        return address
    }
}
