import TestSupport
import Testing

/// The open listener with its rules, byte for byte, as suites of MQTT implementers meet it.
@Suite struct OpenListenerTests {
    private static let rules = [
        "--open-deny-subscribe", "test/nosubscribe", "--open-max-keep-alive", "60", "--open-receive-maximum", "20",
    ]

    @Test(.timeLimit(.minutes(2)))
    func keepsTheRulesItWasStartedWith() async throws {
        let broker = try await RunningBroker(openRules: OpenListenerTests.rules)
        let client = try Loopback(port: broker.open)
        try await client.send(hex("10 [ <MQTT> 05 02 0078 {} <a> ]"))
        let greeting = hex("20 [ 00 00 { 13 003C  22 000A  27 001E8480  21 0014 } ]")
        #expect(try await client.receive(greeting.count) == greeting, "keep alive 60, Receive Maximum 20")
        try await client.send(hex("82 [ 0001 {} <test/nosubscribe> 02 <test/other> 02 ]"))
        #expect(try await client.receive(7) == hex("90 [ 0001 {} 80 02 ]"), "the denied filter, and one beside it")
        for number in 1...20 as ClosedRange<UInt8> { try await client.send(publish(number)) }
        #expect(
            try await client.receive(80) == (1...20 as ClosedRange<UInt8>).flatMap { [0x50, 2, 0, $0] },
            "twenty messages of QoS 2 are under way")
        try await client.send(publish(21))
        #expect(try await client.receiveToEnd() == hex("E0 [ 93 ]"), "one more is too many")
        #expect(try await broker.stop().status == 0)
    }

    private func publish(_ number: UInt8) -> [UInt8] { hex("34 [ <t> 00\(shown([number])) {} ]") }

    @Test(.timeLimit(.minutes(3)), arguments: [0, 2, 4])
    func refusesARuleForAListenerThatIsNotThere(_ place: Int) async throws {
        let directory = try TemporaryDirectory()
        let (key, value) = (OpenListenerTests.rules[place], OpenListenerTests.rules[place + 1])
        let ended = try await ChildProcess.run(
            Programs.signalbox(), ["broker", key, value],
            environment: RunningBroker.environment(port: 1, data: directory.file("data")), within: .seconds(30))
        #expect(ended.status == 78)
        #expect(
            ended.errors
                == "signalbox: \(key)=\"\(value)\": it is a rule of the open listener, and none is asked for; "
                + "give --open as well\n")
    }
}
