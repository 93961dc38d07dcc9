import MQTT
import MQTTTransport
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// The client against somebody else's broker, so that the two halves of this house cannot be wrong together.
@Suite struct MQTTClientTests {
    @Test(arguments: [ProtocolVersion.v311, .v5])
    func exchangesMessagesAtEveryQoS(version: ProtocolVersion) async throws {
        let mosquitto = try await Mosquitto.start()
        let client = MQTTClient(
            mosquitto.target, ClientOptions(clientID: "worker", version: version),
            on: MultiThreadedEventLoopGroup.singleton.any())
        let inbox = Inbox(of: client)
        _ = try await client.connect()
        #expect(try await client.subscribe(["a/+"], delivery: .exactlyOnce) == [2])
        for delivery in [Delivery.atMostOnce, .atLeastOnce, .exactlyOnce] {
            let code = try await client.publish(
                ClientMessage(topic: "a/b", payload: "\(delivery.rawValue)", delivery: delivery))
            #expect(code == 0)
        }
        let messages = try await inbox.messages(3)
        #expect(messages.map { String(decoding: $0.payload, as: UTF8.self) } == ["0", "1", "2"])
        #expect(messages.map(\.delivery) == [.atMostOnce, .atLeastOnce, .exactlyOnce])
        await client.disconnect()
        #expect(try await inbox.ends(1) == [.asked])
    }

    @Test func saysWhyABrokerCannotBeReached() async throws {
        let client = MQTTClient(
            .unix(path: "/nonexistent/socket"), ClientOptions(clientID: "a"),
            on: MultiThreadedEventLoopGroup.singleton.any())
        await #expect(throws: ClientError.unreachable("No such file or directory")) { try await client.connect() }
    }

    @Test func firesItsWillWhenAbortedAndNotWhenDisconnected() async throws {
        let mosquitto = try await Mosquitto.start()
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let watcher = MQTTClient(mosquitto.target, ClientOptions(clientID: "watcher"), on: loop)
        let inbox = Inbox(of: watcher)
        _ = try await watcher.connect()
        try await watcher.subscribe(["gone/#"])
        for (name, dies) in [("polite", false), ("killed", true)] {
            var options = ClientOptions(clientID: name)
            options.will = ClientMessage(topic: "gone/\(name)", payload: "")
            let worker = MQTTClient(mosquitto.target, options, on: loop)
            _ = try await worker.connect()
            if dies { worker.run { $0.abort() } } else { await worker.disconnect() }
        }
        let message = try await inbox.messages(1)[0]
        #expect(message.topic == Array("gone/killed".utf8))
    }

    @Test func pingsByItself() async throws {
        let mosquitto = try await Mosquitto.start()
        var options = ClientOptions(clientID: "quiet")
        // Mosquitto waits for half as long again: at one second a moment's standstill would be a second too late.
        options.keepAlive = 3
        let client = MQTTClient(mosquitto.target, options, on: MultiThreadedEventLoopGroup.singleton.any())
        _ = try await client.connect()
        try await mosquitto.process.says("Sending PINGRESP to quiet")
        await client.disconnect()
    }
}
