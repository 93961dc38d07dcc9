import Foundation
import TestSupport
import Testing

/// What goes wrong is answered by one clear sentence or the correct MQTT answer, and nothing falls over.
@Suite(.serialized)
struct BrokenInputTests {
    @Test func saysWhatToSetWithoutAnyConfiguration() async throws {
        let ended = try await ChildProcess.run(Programs.signalbox(), ["broker"])
        #expect(ended.status == 78)
        #expect(ended.errors.contains("MQTT_BROKER_TYPE"))
        #expect(ended.errors.contains("builtin"))
        #expect(isOneSentence(ended.errors), "\(ended.errors)")
    }

    @Test func refusesPort1983WithTheReason() async throws {
        let ended = try await start(["MQTT_BROKER_ENDPOINT": "tls://localhost:1983"])
        #expect(ended.status == 78)
        #expect(ended.errors.contains("1983"))
        #expect(isOneSentence(ended.errors), "\(ended.errors)")
    }

    @Test(arguments: [("sqs", "MESSAGE_QUEUE_SQS_IOT_URL"), ("postgres", "DATABASE_URL")])
    func saysWhatAStoreNeeds(store: String, key: String) async throws {
        let ended = try await start(["MESSAGE_QUEUE_TYPE": store])
        #expect(ended.status == 78)
        #expect(ended.errors.contains("\(key) is not set"))
        #expect(isOneSentence(ended.errors), "\(ended.errors)")
    }

    /// What was begun for the queue is ended again: one sentence, and no complaint of a library about a leak.
    @Test func saysThatTheFileOfDeadLettersIsDamaged() async throws {
        let directory = try TemporaryDirectory()
        let data = directory.file("data")
        try FileManager.default.createDirectory(
            atPath: data, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try directory.write(
            "this is not a database, though it is long enough to be looked at as one", to: "data/dead-letters.sqlite")
        let queue = [
            "MESSAGE_QUEUE_TYPE": "sqs", "MESSAGE_QUEUE_SQS_IOT_URL": "http://127.0.0.1:9/1/iot",
            "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
        ]
        let ended = try await ChildProcess.run(
            Programs.signalbox(), ["broker"],
            environment: RunningBroker.environment(port: Loopback.freePort(), data: data, queue))
        #expect(ended.status == 74)
        #expect(ended.errors.contains("not a database"), "\(ended.errors)")
        #expect(isOneSentence(ended.errors), "\(ended.errors)")
    }

    @Test func refusesKeysThatOthersCanRead() async throws {
        let broker = try await RunningBroker()
        _ = try await broker.stop()
        let files = try FileManager.default.subpathsOfDirectory(atPath: broker.data)
        let keys = files.filter { $0.hasSuffix(".key") || $0.hasSuffix("key.pem") }
        #expect(!keys.isEmpty, "\(files)")
        let key = try #require(keys.first)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: broker.data + "/" + key)
        let ended = try await ChildProcess.run(
            Programs.signalbox(), ["broker"],
            environment: RunningBroker.environment(port: broker.port, data: broker.data))
        #expect(ended.status != 0)
        #expect(ended.errors.contains(key.split(separator: "/").last.map(String.init) ?? key), "\(ended.errors)")
        #expect(isOneSentence(ended.errors), "\(ended.errors)")
    }

    @Test func refusesADirectoryThatOthersCanEnter() async throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.file("data"), withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755])
        let ended = try await ChildProcess.run(
            Programs.signalbox(), ["broker"],
            environment: RunningBroker.environment(port: Loopback.freePort(), data: directory.file("data")))
        #expect(ended.status != 0)
        #expect(ended.errors.contains("chmod 700"), "\(ended.errors)")
        #expect(isOneSentence(ended.errors), "\(ended.errors)")
    }

    /// [T-01, T-02] Four strangers at the door; afterwards the house stands, and its memory with it.
    @Test func outlivesGarbageSilenceAndLies() async throws {
        let broker = try await RunningBroker()
        let garbage = try Loopback(port: broker.port)
        try await garbage.send(hex("47 45 54 20 2F") + [UInt8](repeating: 0xA5, count: 4_096))
        _ = try await garbage.receiveToEnd()
        let plain = try Loopback(port: broker.open)
        try await plain.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(try await plain.receiveToEnd() == [])

        // 300 MB are promised: the promise alone is too much.
        let boastful = try Loopback(port: broker.open)
        try await boastful.send(hex("10 FFFFFF7F 0004"))
        _ = try await boastful.receiveToEnd(within: .seconds(4))
        let beyond = try Loopback(port: broker.open)
        try await beyond.send(hex("10 80808080 01"))
        #expect(try await beyond.receiveToEnd(within: .seconds(4)) == [])

        let half = try Loopback(port: broker.open)
        let clock = ContinuousClock()
        let waited = try await clock.measure {
            try await half.send(hex("10 20 <MQTT>"))
            #expect(try await half.receiveToEnd(within: .seconds(30)) == [])
        }
        #expect(waited > .seconds(4) && waited < .seconds(12), "\(waited)")
        try await serves(broker)
        #expect(try await broker.stop().status == 0)
    }

    /// [T-80] Names from outside reach logs and tables, and never the terminal's ear.
    @Test func showsEscapeSequencesWithoutSendingThem() async throws {
        let broker = try await RunningBroker()
        let hostile = try Loopback(port: broker.open)
        try await hostile.send(hex("10 [ <MQTT> 04 02 003C (1B 5B 32 4A 07 'evil' 0D 0A E2 80 AE) ]"))
        #expect(try await hostile.receive(4) == [0x20, 2, 0, 0])
        try await hostile.send(hex("82 [ 0001 ('$CONTROL/' 1B 5D 30 3B 'x' 07) 00 ]"))
        #expect(try await hostile.receive(5) == hex("90 03 0001 80"))
        for command in ["workers", "events", "denials", "log", "topics", "status"] {
            let ended = try await broker.signalbox(command)
            #expect(ended.status == 0, "\(command): \(ended.errors)")
            #expect(!holdsControls(ended.output), "\(command): \(shown(Array(ended.output.utf8)))")
        }
        #expect(try await broker.signalbox("denials").output.contains("evil"))
        #expect(!holdsControls(broker.process.output), "the log")
    }

    @Test func opensNoConsoleOnATerminalThatIsNone() async throws {
        let ended = try await ChildProcess.run(
            Programs.signalbox(), ["console", "--socket", "/nonexistent"], environment: ["TERM": "dumb"])
        #expect(ended.status != 0)
        #expect(!ended.output.contains("\u{1B}") && !ended.errors.contains("\u{1B}"))
        #expect(isOneSentence(ended.errors), "\(ended.errors)")
    }

    /// Whether a client still gets in and hears itself.
    private func serves(_ broker: RunningBroker) async throws {
        let client = try Loopback(port: broker.open)
        try await client.send(hex("10 [ <MQTT> 04 02 003C <after> ] 82 [ 0001 <a> 00 ] 30 [ <a> 'x' ]"))
        #expect(try await client.receive(15) == hex("20 02 0000 90 03 0001 00 30 [ <a> 'x' ]"))
    }

    private func start(_ settings: [String: String]) async throws -> ChildProcess.Ended {
        let directory = try TemporaryDirectory()
        return try await ChildProcess.run(
            Programs.signalbox(), ["broker"],
            environment: RunningBroker.environment(
                port: Loopback.freePort(), data: directory.file("data"), settings))
    }

    private func isOneSentence(_ text: String) -> Bool {
        let lines = text.split(separator: "\n")
        return lines.count == 1 && text.hasPrefix("signalbox: ") && text.utf8.count < 400
    }

    /// Anything a terminal would obey; line ends and tabs of our own aside.
    private func holdsControls(_ text: String) -> Bool {
        text.unicodeScalars.contains {
            ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E
        }
    }
}
