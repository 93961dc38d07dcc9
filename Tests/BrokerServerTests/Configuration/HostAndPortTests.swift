import BrokerServer
import Testing

@Suite struct HostAndPortTests {
    @Test(arguments: [
        ("127.0.0.1:1883", true), ("127.9.9.9:1", true), ("localhost:1", true), ("[::1]:1", true), ("0.0.0.0:1", false),
        ("[::]:1", false), ("128.0.0.1:1", false), ("127.0.0.1.example.org:1", false), ("127.0.0:1", false),
        ("127.0.0.256:1", false), ("localhost.example.org:1", false),
    ])
    func knowsLoopback(text: String, isLoopback: Bool) throws {
        #expect(try #require(HostAndPort(text)).isLoopback == isLoopback)
    }

    @Test func takesPortZeroOnlyWhereAskedTo() {
        #expect(HostAndPort("127.0.0.1:0") == nil)
        #expect(HostAndPort("127.0.0.1:0", ports: 0...65_535)?.port == 0)
    }
}
