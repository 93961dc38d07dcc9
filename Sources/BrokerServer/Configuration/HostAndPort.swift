/// A host and a port as people write them: `broker.example.org:1984`, `127.0.0.1:1883`, `[::1]:1883`.
package struct HostAndPort: Equatable, Sendable {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Nil unless `text` is a host, a colon and a port from `ports`.
    package init?(_ text: String, ports: ClosedRange<Int> = 1...65_535) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let digits = text[text.utf8.index(after: colon)...]
        guard digits.utf8.count <= 5, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let port = Int(digits), ports.contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.utf8.first == UInt8(ascii: "[") {
            guard host.utf8.last == UInt8(ascii: "]"), host.utf8.count > 2 else { return nil }
            host = host.dropFirst().dropLast()
            guard host.utf8.allSatisfy(HostAndPort.isAddressByte), host.utf8.contains(UInt8(ascii: ":")) else {
                return nil
            }
        } else {
            if host.utf8.last == UInt8(ascii: ".") { host = host.dropLast() }
            guard (1...253).contains(host.utf8.count), host.utf8.allSatisfy(HostAndPort.isNameByte) else { return nil }
        }
        self.init(host: String(host), port: port)
    }

    /// Whether only processes of this machine can reach it.
    package var isLoopback: Bool {
        host == "localhost" || host == "::1" || isLoopbackV4
    }

    private var isLoopbackV4: Bool {
        let parts = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return false }
        let numbers = parts.compactMap { part in part.count <= 3 ? UInt8(String(decoding: part, as: UTF8.self)) : nil }
        return numbers.count == 4 && numbers[0] == 127
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

extension HostAndPort: CustomStringConvertible {
    package var description: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
