import CPolling
import Glibc

/// A socket that was accepted and is not let in yet: nothing was made for it but this, TLS neither.
///
/// Whoever has it lets it in or closes it, once.
package struct Newcomer {
    /// Its number as long as it is open.
    package let descriptor: Int32
    let peer: cp_address
    let acceptor: Acceptor

    /// Which listener accepted it; the owner knows what that means.
    package var listener: Int { acceptor.number }

    /// Lends its address: four bytes of IPv4 or sixteen of IPv6, and none for a socket of this machine.
    package func withAddress<Result>(_ body: (RawSpan) -> Result) -> Result {
        PeerAddress.withBytes(of: peer, body)
    }

    /// Whether the peer has gone, whatever it has said before.
    package var hasHungUp: Bool { cp_has_hung_up(descriptor) != 0 }

    /// Lets it in: its deadline begins now. `origin` is the owner's note of where it comes from. Says what was made of
    /// it; the owner may have been told of it already.
    @discardableResult
    package func enter(from origin: UInt64?) -> ServerConnection {
        acceptor.enter(self, from: origin)
    }

    /// Without a word.
    package func close() {
        Glibc.close(descriptor)
    }
}
