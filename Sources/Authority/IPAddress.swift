import Glibc

/// An IPv4 or IPv6 address in the form certificates carry: 4 or 16 bytes.
package struct IPAddress: Equatable, Sendable {
    package let bytes: [UInt8]

    /// Nil unless `text` is an address; never asks a name server.
    package init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        } else {
            return nil
        }
    }
}
