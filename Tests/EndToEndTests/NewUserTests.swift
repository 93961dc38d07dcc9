import Foundation
import TestSupport
import Testing

/// What a new user tries by hand, with other people's clients.
@Suite(.serialized)
struct NewUserTests {
    /// openssl, `pool add`, mosquitto: a message each way, a refusal with its explanation, a kick and what followed.
    @Test(.timeLimit(.minutes(2)))
    func runsAPoolWithMosquittosClients() async throws {
        let broker = try await RunningBroker()
        let pool = try await broker.addPool("eu")
        let platform = try await broker.issueCredential("backend", "platform")
        let worker = workerID(1)
        let read = "spacelift/readonly/\(pool.id)/\(worker)"
        let write = "spacelift/writeonly/\(pool.id)/\(worker)"

        // To the platform: seen by its subscription, and safe in the queue once the worker has its PUBACK.
        let hearing = try broker.mosquitto(
            "mosquitto_sub", platform,
            ["-i", "platform", "-V", "5", "-q", "1", "-v", "-d", "-t", "spacelift/writeonly/#"])
        try await hearing.says("Subscribed")
        let publishing = try broker.mosquitto(
            "mosquitto_pub", pool, ["-i", worker, "-V", "5", "-q", "1", "-t", write, "-m", #"{"type":"heartbeat"}"#])
        #expect(try await publishing.ended().status == 0)
        let stored = try StoredQueue.messages(in: broker.data)
        #expect(stored.map(\.worker) == [worker] && stored.first?.fields["type"] as? String == "heartbeat")
        try await hearing.says(#"\#(write) {"type":"heartbeat"}"#)

        // To the worker.
        let listening = try broker.mosquitto(
            "mosquitto_sub", pool, ["-i", worker, "-V", "5", "-q", "1", "-d", "-t", read])
        try await listening.says("Subscribed")
        let assigning = try broker.mosquitto(
            "mosquitto_pub", platform, ["-i", "assigner", "-q", "1", "-t", read, "-m", #"{"run":"01"}"#])
        #expect(try await assigning.ended().status == 0)
        try await listening.says(#"{"run":"01"}"#)

        try await seesAndKicks(worker, pool, broker, listening)
        #expect(try await broker.stop().status == 0)
    }

    private func seesAndKicks(
        _ worker: String, _ pool: Credential, _ broker: RunningBroker, _ listening: ChildProcess
    ) async throws {
        let rows = try await broker.rows(of: "workers")
        #expect(rows.contains { $0["id"] as? String == worker && $0["pool"] as? String == pool.id }, "\(rows)")
        let kicked = try await broker.signalbox(
            "kick", worker, "--reason", "tried by hand", "--yes", "--wait", "3s")
        #expect(kicked.status == 0, "\(kicked.errors)")
        #expect(
            kicked.output.lowercased().contains("back") || kicked.output.lowercased().contains("gone"),
            "\(kicked.output)")
        // 0x98 = 152, administrative action; mosquitto_sub comes back by itself.
        try await listening.says("152")
    }

    @Test(.timeLimit(.minutes(3)))
    func refusesAnotherWorkersTopicAndExplainsIt() async throws {
        let broker = try await RunningBroker()
        let pool = try await broker.addPool("eu")
        let other = "spacelift/readonly/\(pool.id)/\(workerID(2))"
        let refused = try broker.mosquitto(
            "mosquitto_sub", pool, ["-i", workerID(1), "-V", "5", "-d", "-t", other])
        // 0x87 = 135, not authorized.
        try await refused.says("135")
        let row = try await eventually("the denial is listed") {
            try await broker.rows(of: "denials").first { $0["topic"] as? String == other }
        }
        #expect(row["rule"] as? String == "subscribe.own-topic-only", "\(row)")
        #expect(row["differing_level"] as? Int == 3, "\(row)")
        #expect("\(row)".contains("spacelift/readonly/\(pool.id)/\(workerID(1))"), "what would be allowed: \(row)")
        let table = try await broker.signalbox("denials")
        #expect(table.status == 0 && table.output.contains("subscribe"))

        // 3.1.1 knows one code for it.
        let old = try broker.mosquitto(
            "mosquitto_sub", pool, ["-i", workerID(3), "-V", "311", "-d", "-t", other])
        try await old.says("128")
    }

    @Test(.timeLimit(.minutes(3)))
    func refusesTheTokenOfAPoolThatWasReset() async throws {
        let broker = try await RunningBroker()
        let pool = try await broker.addPool("eu")
        let read = "spacelift/readonly/\(pool.id)/\(workerID(1))"
        let listening = try broker.mosquitto("mosquitto_sub", pool, ["-i", workerID(1), "-V", "5", "-d", "-t", read])
        try await listening.says("Subscribed")
        let fresh = try await Programs.signingRequest(in: broker.directory, named: "fresh")
        let out = broker.directory.file("fresh-out")
        let reset = try await broker.signalbox("pool", "reset", pool.id, "--csr", fresh.request, "--out", out)
        #expect(reset.status == 0, "\(reset.errors)")
        // Cut within a second; and nobody gets in with it again.
        try await becomesTrue("the old session is cut: \(listening.output)") {
            listening.output.contains("135") || listening.output.contains("DISCONNECT") || !listening.isRunning
        }
        let again = try broker.mosquitto(
            "mosquitto_pub", pool, ["-i", workerID(4), "-q", "1", "-t", read, "-m", "x"])
        try await becomesTrue("the old certificate is refused") {
            !again.isRunning || again.errors.contains("rror")
        }
        if !again.isRunning { #expect(try await again.ended().status != 0) }
        let renewed = Credential(
            id: pool.id, certificate: out + "/cert.pem", key: fresh.key, authority: out + "/ca.pem")
        try await broker.lets(
            renewed, in: workerID(5), publishing: "spacelift/writeonly/\(pool.id)/\(workerID(5))")
    }

    @Test(.timeLimit(.minutes(3)))
    func changesTheLogLevelForAWhile() async throws {
        let broker = try await RunningBroker(logLevel: "error")
        let quiet = broker.process.output
        let set = try await broker.signalbox("log-level", "debug", "--for", "10m")
        #expect(set.status == 0, "\(set.errors)")
        let shown = try await broker.signalbox("log-level")
        #expect(shown.output.contains("debug"), "\(shown.output)")
        let client = try Loopback(port: broker.open)
        try await client.send(hex("10 [ <MQTT> 04 02 003C <noisy> ]"))
        _ = try await client.receive(4)
        try await broker.process.says("noisy")
        #expect(try await broker.signalbox("log-level", "debug", "--for", "2s").status == 0)
        #expect(broker.process.output.count > quiet.count)
        try await becomesTrue("the level ends by itself") {
            try await !broker.signalbox("log-level").output.contains("debug")
        }
        for line in broker.process.output.split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["ts"] != nil && object?["level"] != nil && object?["msg"] != nil, "\(line)")
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func answersOnTheAdminTopicToMosquittosRequest() async throws {
        let broker = try await RunningBroker()
        let asked = try await ChildProcess.run(
            "mosquitto_rr",
            [
                "--unix", broker.socket, "-V", "5", "-q", "1", "-W", "10", "-t", "$CONTROL/broker/v1", "-e",
                "$CONTROL/broker/v1/response", "-m", #"{"v":1,"id":"01K9ZZZZZZZZZZZZZZZZZZZZZZ","cmd":"overview"}"#,
            ])
        #expect(asked.status == 0, "\(asked.errors)")
        let answer = try JSONSerialization.jsonObject(with: Data(asked.output.utf8)) as? [String: Any]
        #expect(answer?["state"] as? String == "done", "\(asked.output)")
        #expect(answer?["id"] as? String == "01K9ZZZZZZZZZZZZZZZZZZZZZZ")
        #expect((answer?["result"] as? [String: Any])?.isEmpty == false)
    }
}
