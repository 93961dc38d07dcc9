import BrokerCore

/// Where somebody comes from: what the broker is told, and a name for it that was made another way.
struct Place {
    let address: String
    /// Nil for a socket of this machine.
    let source: Source?
    /// The same for all who are held to one pace.
    let pace: String

    /// An IPv4 address, perhaps as a dual-stack socket writes it.
    static func v4(_ bytes: [UInt8], isMapped: Bool = false) -> Place {
        let text = bytes.map(String.init).joined(separator: ".")
        let whole = isMapped ? [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + bytes : bytes
        return Place(address: "\(text):1", source: Source(address: whole.span.bytes), pace: text)
    }

    /// A host of an IPv6 network.
    static func v6(network: UInt8, host: UInt8) -> Place {
        let bytes = [0x20, 1, 0xD, 0xB8, 0, 0, 0, network] + [0, 0, 0, 0, 0, 0, 0, host]
        return Place(
            address: "[2001:db8:0:\(network)::\(host)]:1", source: Source(address: bytes.span.bytes),
            pace: "network \(network)")
    }

    static let unix = Place(address: "unix", source: nil, pace: "")
}
