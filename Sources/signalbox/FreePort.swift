import ArgumentParser
import Glibc

/// A port of this machine that nothing listens on now.
enum FreePort {
    /// One that the system gives to nobody who dials, for a server that is away for a moment: else one of thousands who
    /// dial it meanwhile gets that very port for his own end, is connected to himself, and the server cannot come back.
    static func findLasting() throws -> Int {
        for port in (20_000..<32_000).shuffled().prefix(1_000) where isFree(port) { return port }
        throw Exit.because("no port is free", code: 1)
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    static func find() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard bound else { throw Exit.because("no port is free", code: 1) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
