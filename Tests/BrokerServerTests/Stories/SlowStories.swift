import BrokerServer
import MQTT
import MQTTTransport
import TestSupport
import Testing

/// Receivers that do not keep up.
@Suite(.timeLimit(.minutes(1))) struct SlowStories {
    /// 12 MiB for a subscriber that reads nothing: more than the sockets between hold.
    @Test func aSubscriberThatNeverReadsHoldsNobodyUp() async throws {
        let station = try Station()
        let server = try station.start()
        let sleeper = try Loopback(port: server.openPort)
        try await sleeper.send(hex("10 [ <MQTT> 05 02 0000 {} <sleeper> ] 82 [ 0001 {} <flood> 00 ]"))
        #expect(try await sleeper.receive(9).first == 0x20)

        let publisher = station.client(server.openTarget, "publisher")
        _ = try await publisher.connect()
        let flood = ClientMessage(
            topic: Array("flood".utf8), payload: [UInt8](repeating: 0x61, count: 32_768), delivery: .atMostOnce)
        publisher.run { client in for _ in 0..<384 { client.publish(flood) } }

        let other = station.client(server.openTarget, "other")
        let inbox = Inbox(of: other)
        _ = try await other.connect()
        try await other.subscribe(["other"])
        try await other.publish(ClientMessage(topic: "other", payload: "at once"))
        _ = try await inbox.messages(1)
        // The publisher waits for the sleeper a moment, and not for ever. [T-25]
        #expect(try await publisher.publish(ClientMessage(topic: "last", payload: "")) < 0x80)
        await publisher.disconnect()
        await other.disconnect()
    }

    @Test func fiveHundredPublishesAtOnceAllArriveAtQoS1() async throws {
        let station = try Station()
        let server = try station.start()
        let reader = station.client(server.openTarget, "reader")
        let inbox = Inbox(of: reader)
        _ = try await reader.connect()
        try await reader.subscribe(["n"])
        let publisher = station.client(server.openTarget, "publisher")
        _ = try await publisher.connect()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<500 {
                let message = ClientMessage(topic: "n", payload: String(number))
                group.addTask { _ = try await publisher.publish(message) }
            }
            try await group.waitForAll()
        }
        let texts = try await inbox.messages(500).map { String(decoding: $0.payload, as: UTF8.self) }
        #expect(Set(texts) == Set((0..<500).map(String.init)))
    }
}
