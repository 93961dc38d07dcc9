import Foundation
import TestSupport
import Testing

/// The commands of an operator, as a shell gives them: what they print, and the code they end with.
@Suite struct CommandLineTests {
    private let directory: TemporaryDirectory
    private let data: String

    init() throws {
        directory = try TemporaryDirectory()
        data = directory.file("data")
    }

    private func signalbox(_ arguments: String...) async throws -> ChildProcess.Ended {
        try await ChildProcess.run(
            Programs.signalbox(), arguments, environment: ["SIGNALBOX_DATA_DIR": data], within: .seconds(60))
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    @Test func saysWhichVersionItIs() async throws {
        let told = try await signalbox("--version")
        #expect(told.status == 0)
        #expect(told.output.wholeMatch(of: /signalbox \d+\.\d+\.\d+\n/) != nil, "\(told.output)")
    }

    @Test func aPoolIsAddedListedResetAndRemovedWithoutABroker() async throws {
        let request = try await Programs.signingRequest(in: directory, named: "pool").request
        let added = try await signalbox(
            "pool", "add", "eu", "--csr", request, "--endpoint", "broker.example:1984", "--out", directory.file("out"))
        #expect(added.status == 0, "\(added.errors)")
        let token = try #require(Data(base64Encoded: added.output.trimmingCharacters(in: .newlines)))
        let launcher = try object(String(decoding: token, as: UTF8.self))
        let broker = try #require(launcher["broker"] as? [String: Any])
        #expect(broker["endpoint"] as? String == "tls://broker.example:1984")
        #expect(broker["ca"] as? String == (try directory.read("out/ca.pem")))
        #expect(launcher["certificate"] as? String == (try directory.read("out/cert.pem")))
        #expect(try directory.read("out/token") == added.output)

        let listed = try await signalbox("pool", "list", "--json")
        let pools = try #require(object(listed.output)["pools"] as? [[String: Any]])
        #expect(pools.count == 1)
        #expect(pools.first?["id"] as? String == launcher["pool"] as? String)
        #expect(pools.first?["generation"] as? Int == 1)

        let reset = try await signalbox(
            "pool", "reset", "eu", "--csr", request, "--endpoint", "broker.example:1984", "--json")
        #expect((try object(reset.output)["pool"] as? [String: Any])?["generation"] as? Int == 2)
        #expect(try await signalbox("pool", "remove", "eu").status == 0)
        let gone = try await signalbox("pool", "remove", "eu")
        #expect(gone.status == 1)
        #expect(gone.errors == "signalbox: there is no pool of that id or name\n")
    }

    @Test func aCredentialComesWithItsKeyAndIsRevoked() async throws {
        let issued = try await signalbox(
            "credential", "issue", "--role", "operator", "--name", "ops", "--out", directory.file("ops"))
        #expect(issued.status == 0, "\(issued.errors)")
        let key = try await ChildProcess.run("openssl", ["pkey", "-in", directory.file("ops/key.pem"), "-pubout"])
        let certificate = try await ChildProcess.run(
            "openssl", ["x509", "-in", directory.file("ops/cert.pem"), "-noout", "-pubkey"])
        #expect(key.output == certificate.output && !key.output.isEmpty)
        #expect(try await signalbox("credential", "list").output.contains("in force"))
        #expect(try await signalbox("credential", "revoke", "ops").status == 0)
        #expect(try await signalbox("credential", "list").output.contains("revoked"))
        #expect(try await signalbox("credential", "revoke", "ops").status == 1)
    }

    @Test func everyEndHasItsCode() async throws {
        #expect(try await signalbox("workers", "--limit", "0").status == 2)
        #expect(try await signalbox("workers", "--nonsense").status == 2)
        #expect(try await signalbox("kick", "01M8243YZG1KT3E6RC2JHJTVMX").status == 2)
        #expect(
            try await signalbox("kick", "01M8243YZG1KT3E6RC2JHJTVMX", "--reason", "x", "--wait", "9223372036854775s")
                .status == 2)
        #expect(try await signalbox("log-level", "--for", "1m").status == 2)
        let away = try await signalbox("status")
        #expect(away.status == 3)
        #expect(away.errors == "signalbox: no broker at \(data)/admin.sock: No such file or directory\n")
        #expect(away.output == "")
        let garbage = try directory.write("garbage", to: "garbage.csr")
        let refused = try await signalbox("pool", "add", "eu", "--csr", garbage, "--endpoint", "h:1")
        #expect(refused.status == 1)
        #expect(refused.errors.split(separator: "\n").count == 1)
    }

    @Test func aRunningBrokerIsAskedAndSteered() async throws {
        let port = try Loopback.freePort()
        let broker = try ChildProcess(
            Programs.signalbox(), ["broker"],
            environment: [
                "SIGNALBOX_DATA_DIR": data, "MQTT_BROKER_TYPE": "builtin", "MESSAGE_QUEUE_TYPE": "sqlite",
                "MQTT_BROKER_ENDPOINT": "localhost:\(port)", "MQTT_BROKER_BUILTIN_LOG_LEVEL": "info",
            ])
        try await broker.says("listening", within: .seconds(60))

        let request = try await Programs.signingRequest(in: directory, named: "pool")
        let added = try await signalbox(
            "pool", "add", "eu", "--csr", request.request, "--json", "--out", directory.file("eu"))
        let pool = try #require((try object(added.output)["pool"] as? [String: Any])?["id"] as? String)
        let name = "01M8243YZG1KT3E6RC2JHJTVMX"
        try await becomesTrue("the broker knows the pool") {
            try await signalbox("pools").output.contains(pool)
        }
        let worker = try ChildProcess(
            "mosquitto_sub",
            [
                "-V", "5", "-h", "localhost", "-p", "\(port)", "--cafile", directory.file("eu/ca.pem"), "--cert",
                directory.file("eu/cert.pem"), "--key", request.key, "-i", name, "-q", "1", "-t",
                "spacelift/readonly/\(pool)/\(name)",
            ])
        try await becomesTrue("the worker is listed") { try await signalbox("workers").output.contains(name) }

        // The overview counts once a second.
        try await becomesTrue("the worker is counted") {
            let status = try await signalbox("status")
            return status.status == 0 && status.output.contains("workers   1 in 1 pools")
        }
        let overview = try object(try await signalbox("status", "--json").output)
        #expect(overview["workers"] as? Int == 1)
        let rows = try #require(
            object(try await signalbox("workers", "--json", "--all").output)["rows"] as? [[String: Any]])
        #expect(rows.map { $0["id"] as? String } == [name])
        let topics = try object(try await signalbox("topics", "--json").output)
        #expect(topics["total"] as? Int == 0, "nothing was published yet")

        let set = try await signalbox("log-level", "debug", "--for", "1m", "--reason", "looking")
        #expect(set.output.hasPrefix("debug (configured: info)") && set.output.contains("looking"))
        #expect(try await signalbox("log-level", "--revert").output.hasPrefix("info, "))
        #expect(try await signalbox("log-level", "--revert").status == 1)
        #expect(try await signalbox("log").output.contains("client connected"))

        let kicked = try await signalbox("kick", name, "--reason", "a test", "--wait", "4s")
        #expect(kicked.status == 0, "\(kicked.errors)")
        #expect(kicked.output.hasPrefix("kicked \(name)") && kicked.output.contains("\ngone after "))
        _ = try await worker.ended()
        let events = try await signalbox("events", "--worker", name).output
        #expect(events.contains("KICK") && events.contains("a test"))
        #expect(try await signalbox("kick", name, "--reason", "again").status == 1)
        #expect(try await signalbox("denials").errors == "nothing was denied\n")

        broker.signal(SIGTERM)
        _ = try await broker.ended()
    }

    /// More rows between two looks than a page holds, and an order that a follower has no use for.
    @Test func whoFollowsEventsMissesNone() async throws {
        let broker = try await RunningBroker()
        let early = try await Crowd(20, to: broker.open) { "early-\($0)" }
        let follower = try ChildProcess(
            Programs.signalbox(), ["events", "--follow", "--json", "--sort", "worker", "--limit", "5"],
            environment: ["SIGNALBOX_DATA_DIR": broker.data])
        try await follower.says("early-19\"", within: .seconds(30))
        let crowd = try await Crowd(1_200, to: broker.open) { "follower-\($0)" }
        try await becomesTrue(within: .seconds(90), "the last is shown") { follower.output.contains("follower-1199\"") }
        try await becomesTrue(within: .seconds(90), "all are shown") {
            follower.output.components(separatedBy: "follower-").count > 1_200
        }
        follower.signal(SIGKILL)
        _ = try await follower.ended()
        let numbers = try follower.output.split(separator: "\n").map { line in
            try #require((try object(String(line))["id"] as? String).flatMap { Int($0) }, "\(line)")
        }
        let first = try #require(numbers.first)
        #expect(numbers == Array(first..<first + numbers.count))
        #expect(early.sockets.count + crowd.sockets.count == 1_220)
        _ = try await broker.stop()
    }
}
