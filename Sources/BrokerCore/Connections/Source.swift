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

    /// By the bytes of an address, 4 or 16 of them.
    package init(address: some Sequence<UInt8>) {
        let bytes = Array(address)
        let isMapped =
            bytes.count == 16 && bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
        let telling = isMapped ? bytes.suffix(4) : bytes.prefix(8)
        // Under 00ff::/16, where no network is.
        value = telling.reduce(telling.count == 4 ? 0x00FF_0000 : 0) { $0 << 8 | UInt64($1) }
    }
}
