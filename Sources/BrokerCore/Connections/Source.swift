/// Where a socket comes from, as far as strangers are told apart: an IPv4 address, or the network of an IPv6 one.
///
/// A host has a whole IPv6 network of addresses, so single ones would tell nothing apart.
package struct Source: Hashable, Sendable {
    package let value: UInt64

    /// Those for whom there is no room in a table.
    static let others = Source(.max)

    package init(_ value: UInt64) {
        self.value = value
    }

    /// By the bytes of an address, 4 or 16 of them; asked for every socket, so without a copy.
    package init(address: RawSpan) {
        func byte(_ place: Int) -> UInt8 { address.unsafeLoad(fromByteOffset: place, as: UInt8.self) }
        let isMapped =
            address.byteCount == 16 && (0..<10).allSatisfy { byte($0) == 0 } && byte(10) == 255 && byte(11) == 255
        let telling = isMapped ? 12..<16 : 0..<min(8, address.byteCount)
        // Under 00ff::/16, where no network is.
        value = telling.reduce(telling.count == 4 ? 0x00FF_0000 : 0) { $0 << 8 | UInt64(byte($1)) }
    }

    init(address: [UInt8]) {
        self.init(address: address.span.bytes)
    }
}
