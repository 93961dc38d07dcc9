import Glibc
import NIOCore
import TestSupport
import Testing

@testable import MQTTTransport

@Suite struct ListenerTests {
    /// [T-74] A peer whose machine has vanished is noticed in half a minute, and nothing waits for more bytes to send.
    @Test func everyAcceptedSocketHasItsOptionsFromTheListener() async throws {
        let reactor = try Reactor()
        let owner = Welcoming()
        let listener = try Listener(.address(host: "127.0.0.1", port: 0), number: 3, deadline: .seconds(5))
            .bind(on: reactor, owner: owner) { _ in }
        let client = try Loopback(port: UInt16(listener.port ?? 0))
        let descriptor = try await eventually("the other end") { Self.descriptor(towards: client.ownPort) }
        #expect(Self.option(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT) == 30_000)
        #expect(Self.option(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY) == 1)
        #expect(Self.option(descriptor, SOL_SOCKET, SO_KEEPALIVE) == 1)
        listener.close()
        try? await reactor.shutdownGracefully()
    }

    /// The descriptor of this process that is connected to `port`.
    private static func descriptor(towards port: UInt16) -> Int32? {
        (3..<Int32(4_096)).first { descriptor in
            var address = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let found = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) == 0 }
            }
            return found && UInt16(bigEndian: address.sin_port) == port
        }
    }

    private static func option(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32 {
        var value: Int32 = -1
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, level, name, &value, &size)
        return value
    }
}

/// Lets everybody in, and listens to nobody.
private final class Welcoming: ConnectionOwner, Sendable {
    func opened(_ connection: ServerConnection, by peer: PeerFacts) {}
    func received(_ bytes: RawSpan, from connection: ServerConnection) {}
    func caughtUp() {}
    func becameWritable(_ connection: ServerConnection) {}
    func ended(_ connection: ServerConnection, _ end: SocketEnd) {}
    func failed(_ connection: ServerConnection, _ reason: String) {}
}
