import Testing

@testable import Authority

@Suite struct EndpointTests {
    @Test(arguments: [
        ("broker.example:1984", "broker.example", 1984, "tls://broker.example:1984"),
        ("tls://broker.example:1984", "broker.example", 1984, "tls://broker.example:1984"),
        ("tls://broker.example.:8883", "broker.example", 8883, "tls://broker.example:8883"),
        ("10.0.0.7:1", "10.0.0.7", 1, "tls://10.0.0.7:1"),
        ("[::1]:65535", "::1", 65_535, "tls://[::1]:65535"),
    ])
    func readsWhatThePlatformsVariableMaySay(_ text: String, _ host: String, _ port: Int, _ shown: String) throws {
        let endpoint = try Endpoint(text)
        #expect(endpoint == Endpoint(host: host, port: port))
        #expect(endpoint.description == shown)
    }

    @Test(arguments: [
        "", ":", "host", "host:", ":1984", "host:0", "host:65536", "host:99999999999999999999", "host:+5", "host:-1",
        "tcp://host:1984", "ho st:1984", "a..b:1984", "[]:1984", "[host]:1984", "::1:1984", "host:1984/path",
        "h\u{1B}[31m:1984", "..:1984",
    ])
    func refusesEverythingElseWithOneSentence(_ text: String) {
        let error = #expect(throws: AuthorityError.self) { try Endpoint(text) }
        #expect(error?.message.contains("accepted is") == true)
    }

    @Test func refusesThePortOfThePlatformsOwnServer() {
        let error = #expect(throws: AuthorityError.self) { try Endpoint("tls://host:1983") }
        #expect(error?.message.contains("1983") == true)
    }
}
