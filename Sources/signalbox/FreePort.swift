import ArgumentParser
import Glibc

/// A port of this machine that nothing listens on now.
enum FreePort {
    static func find() throws -> Int { try one(of: [0]) }

    /// One that the system gives to nobody who dials, for a server that is away for a moment: else one of thousands who
    /// dial it meanwhile gets that very port for his own end, is connected to himself, and the server cannot come back.
    static func findLasting() throws -> Int { try one(of: (20_000..<32_000).shuffled().prefix(1_000)) }

    private static func one(of candidates: some Sequence<UInt16>) throws -> Int {
        for port in candidates { if let bound = bound(port) { return bound } }
        throw Exit.because("no port is free", code: 1)
    }

    /// The port that binding to `port` gives; nil if it is taken.
    private static func bound(_ port: UInt16) -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        return isBound ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }
}
