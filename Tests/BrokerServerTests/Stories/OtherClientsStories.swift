import BrokerServer
import TestSupport
import Testing

/// Debian's clients, as people use them.
@Suite(.timeLimit(.minutes(3))) struct OtherClientsStories {
    /// Into a file it would keep what it says for itself.
    private let lineByLine = ["-oL", "mosquitto_sub"]

    // covers: MQTT-4.2.0-1 (5.0), MQTT-7.0.0-2 (3.1.1), MQTT-7.1.1-1 (3.1.1)
    @Test(arguments: ["311", "5"], ["0", "1", "2"])
    func mosquittoPublishesAndSubscribes(version: String, qos: String) async throws {
        let station = try Station()
        let server = try station.start()
        let place = ["-V", version, "-h", "127.0.0.1", "-p", String(server.openPort), "-q", qos]
        let subscriber = try ChildProcess("stdbuf", lineByLine + place + ["-t", "a/+", "-v", "-C", "2", "-d"])
        try await subscriber.says("received SUBACK")
        for message in ["one", "two"] {
            let published = try await ChildProcess.run("mosquitto_pub", place + ["-t", "a/b", "-m", message])
            #expect(published.status == 0)
        }
        let ended = try await subscriber.ended()
        #expect(ended.output.contains("a/b one") && ended.output.contains("a/b two"))
    }

    // covers: MQTT-3.1.2-8 (5.0), MQTT-3.3.1-5 (5.0)
    @Test func mosquittoLeavesAWillAndARetainedMessage() async throws {
        let station = try Station()
        let server = try station.start()
        let place = ["-h", "127.0.0.1", "-p", String(server.openPort), "-q", "1"]
        let worker = try ChildProcess(
            "stdbuf",
            lineByLine + place + ["-t", "x", "-d", "--will-topic", "gone", "--will-payload", "w", "--will-qos", "1"])
        try await worker.says("received SUBACK")
        let watcher = try ChildProcess("stdbuf", lineByLine + place + ["-t", "gone", "-C", "1", "-d"])
        try await watcher.says("received SUBACK")
        worker.signal(9)
        #expect(try await watcher.ended().output.contains("w"))
        let kept = try await ChildProcess.run("mosquitto_pub", place + ["-t", "kept", "-m", "still here", "-r"])
        #expect(kept.status == 0)
        let late = try await ChildProcess.run("mosquitto_sub", place + ["-t", "kept", "-C", "1"])
        #expect(late.output == "still here\n")
    }
}
