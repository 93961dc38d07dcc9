import Glibc

/// Ports of this machine that nothing listens on.
enum Ports {
    /// Below those that outgoing connections take: a broker that is away for a moment must find its own again.
    static func free(_ count: Int, using random: inout some RandomNumberGenerator) throws -> [Int] {
        var found: [Int] = []
        for _ in 0..<10_000 where found.count < count {
            let port = Int.random(in: 15_000..<32_000, using: &random)
            if !found.contains(port), canBind(port) { found.append(port) }
        }
        guard found.count == count else { throw Failure("no ports are free") }
        return found
    }

    static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    static func isOpen(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        return call(connect, descriptor, port)
    }

    private static func canBind(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        return call(bind, descriptor, port)
    }

    static func call(
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ descriptor: Int32, _ port: Int
    ) -> Bool {
        var address = address(port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
