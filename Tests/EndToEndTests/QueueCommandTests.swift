import Foundation
import TestSupport
import Testing

/// The queue read on the command line, beside a running broker.
@Suite(.timeLimit(.minutes(2))) struct QueueCommandTests {
    private func publish(_ count: Int, to broker: RunningBroker) async throws {
        for number in 1...count {
            let sent = try await ChildProcess.run(
                "mosquitto_pub",
                [
                    "-p", "\(broker.open)", "-q", "1", "-i", workerID(number), "-t",
                    "spacelift/writeonly/\(workerID(0))/\(workerID(number))", "-m",
                    "{\"type\":\"heartbeat\",\"n\":\(number)}",
                ])
            try #require(sent.status == 0, "\(sent.errors)")
        }
    }

    @Test func messagesAreSeenTakenDeletedGivenUpAndPutBack() async throws {
        let broker = try await RunningBroker(openQueue: true)
        try await publish(3, to: broker)

        let stats = try await broker.json("queue", "stats")
        #expect(stats["total"] as? Int == 3)
        #expect(stats["visible"] as? Int == 3)
        let seen = try await broker.signalbox("queue", "peek")
        #expect(seen.output.contains("\"n\":1") && seen.output.contains("worker_ulid"))

        let taken = try #require(
            try await broker.json("queue", "receive", "--limit", "2", "--visibility", "1s")["messages"]
                as? [[String: Any]])
        #expect(taken.count == 2)
        let receipts = taken.compactMap { $0["receipt"] as? String }
        let body = try #require(Data(base64Encoded: taken[0]["body"] as? String ?? ""))
        let object = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        #expect(object["n"] as? Int == 1)
        #expect(object["worker_ulid"] as? String == workerID(1))

        #expect(try await broker.signalbox("queue", "delete", receipts[0]).output == "1 deleted\n")
        let stale = try await broker.signalbox("queue", "delete", receipts[0])
        #expect(stale.status == 1)
        #expect(stale.errors == "signalbox: stale, and not deleted: \(receipts[0])\n")

        for _ in 1...2 {
            _ = try await eventually("the message is visible again") {
                let again = try await broker.json("queue", "receive", "--wait", "3s", "--visibility", "1s")
                return (again["messages"] as? [[String: Any]])?.isEmpty == false ? true : nil
            }
        }
        try await becomesTrue("what is received again and again is given up") {
            _ = try await broker.signalbox("queue", "receive", "--visibility", "1s")
            return try await broker.json("queue", "stats")["dead_letters"] as? Int == 2
        }
        let letters = try await broker.signalbox("queue", "dead-letters")
        #expect(letters.output.contains("received 3 times"))
        #expect(try await broker.signalbox("queue", "redrive", "--all").output == "2 put back\n")
        #expect(try await broker.json("queue", "stats")["total"] as? Int == 2)
        let rest = try await broker.signalbox("queue", "receive", "--delete")
        #expect(rest.output.contains("\"n\":2") && rest.output.contains("\"n\":3"))
        #expect(try await broker.signalbox("queue", "receive").errors == "no messages\n")
    }

    @Test(
        arguments: [
            (["queue", "delete", "1"], 2), (["queue", "receive", "--limit", "11"], 2),
            (["queue", "receive", "--wait", "21s"], 2), (["queue", "redrive"], 2),
            (["queue", "redrive", "--all", "1"], 2), (["queue", "stats", "--data-dir", "/nonexistent"], 3),
            (["queue", "stats"], 78),
        ] as [([String], Int32)])
    func wrongUsageAndAStoreThatIsNotThereAreTold(arguments: [String], code: Int32) async throws {
        let ended = try await ChildProcess.run(Programs.signalbox(), arguments)
        #expect(ended.status == code, "\(ended.errors)")
        #expect(!ended.errors.isEmpty)
        #expect(ended.output.isEmpty)
    }

    /// What nobody could read is not dealt with.
    @Test func whatCannotBePrintedIsNotDeleted() async throws {
        let broker = try await RunningBroker(openQueue: true)
        try await publish(1, to: broker)
        let full = try await ChildProcess.run(
            "sh",
            [
                "-c", "exec \"$0\" queue receive --visibility 1s --delete --data-dir \"$1\" > /dev/full",
                Programs.signalbox(), broker.data,
            ])
        #expect(full.status == 1)
        #expect(full.errors == "signalbox: the output cannot be written: No space left on device\n")
        #expect(try await broker.json("queue", "stats")["total"] as? Int == 1)
    }

    /// [SD-10]
    @Test func noSecretIsShown() async throws {
        let port = try Loopback.freePort()
        let directory = try TemporaryDirectory()
        let environment = [
            "MESSAGE_QUEUE_TYPE": "postgres", "MQTT_BROKER_TYPE": "builtin",
            "MQTT_BROKER_ENDPOINT": "localhost:\(port)",
            "DATABASE_URL": "postgresql://u:kanarienvogel@127.0.0.1:\(port)/d",
            "SIGNALBOX_DATA_DIR": directory.file("x"),
        ]
        for arguments in [["config", "check"], ["queue", "stats"], ["broker"]] {
            let ended = try await ChildProcess.run(Programs.signalbox(), arguments, environment: environment)
            #expect(!(ended.output + ended.errors).contains("vogel"), "\(arguments)")
        }
    }
}
