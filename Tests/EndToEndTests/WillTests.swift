import Foundation
import TestSupport
import Testing

/// What the platform reads about workers whose broker went away: no crash that was none. [T-62]
@Suite(.serialized)
struct WillTests {
    private static let payload = #"{"type":"worker.gone","crashed":true}"#

    private func client(_ worker: String, _ pool: Credential, _ broker: RunningBroker) throws -> ChildProcess {
        try broker.mosquitto(
            "mosquitto_sub", pool,
            [
                "-i", worker, "-q", "1", "-d", "-t", "spacelift/readonly/\(pool.id)/\(worker)", "--will-topic",
                "spacelift/writeonly/\(pool.id)/\(worker)", "--will-payload", Self.payload, "--will-qos", "1",
            ])
    }

    private func connects(_ worker: String, _ pool: Credential, _ broker: RunningBroker) async throws -> ChildProcess {
        let client = try self.client(worker, pool, broker)
        try await client.says("Subscribed")
        return client
    }

    private func wills(of worker: String, _ broker: RunningBroker) throws -> [[String: Any]] {
        try StoredQueue.messages(in: broker.data).filter { $0.worker == worker }.map(\.fields)
    }

    /// One worker is back after the restart, one is not, and later one really crashes.
    private func plays(_ cause: String, _ restarts: (RunningBroker) async throws -> Void) async throws {
        let broker = try await RunningBroker(settings: ["SIGNALBOX_WILL_GRACE_SECONDS": "8"])
        let pool = try await broker.addPool("eu")
        let (back, away) = (workerID(1), workerID(2))
        var loyal = try await connects(back, pool, broker)
        let lost = try await connects(away, pool, broker)
        // Asleep, it cannot come back.
        lost.signal(SIGSTOP)
        try await restarts(broker)
        // Where TLS broke off, at once or when it dials, Mosquitto's client ends instead of coming back: it is started
        // again.
        var times = 1
        try await becomesTrue("who is loyal is back") {
            if !loyal.isRunning {
                loyal = try client(back, pool, broker)
                times = 0
            }
            return loyal.output.components(separatedBy: "Subscribed (").count - 1 > times
        }
        lost.signal(SIGKILL)

        try await becomesTrue(within: .seconds(60), "the will of who is back is in the queue, marked") {
            try wills(of: back, broker).count == 1
        }
        let superseded = try wills(of: back, broker)[0]
        #expect(superseded["cause"] as? String == cause && superseded["crashed"] as? Bool == true)
        #expect((superseded["superseded_by"] as? Int64 ?? 0) > 1_000_000_000_000, "\(superseded)")
        try await becomesTrue(within: .seconds(60), "the will of who stays away is in the queue") {
            try wills(of: away, broker).count == 1
        }
        let gone = try wills(of: away, broker)[0]
        #expect(gone["cause"] as? String == cause && gone["superseded_by"] == nil, "\(gone)")

        // And a crash is a crash.
        loyal.signal(SIGKILL)
        try await becomesTrue(within: .seconds(60), "a real crash is told as one") {
            try wills(of: back, broker).count == 2
        }
        #expect(try wills(of: back, broker)[1]["cause"] == nil)
        #expect(try await broker.stop().status == 0)
        #expect(try StoredQueue.messages(in: broker.data).count == 3)
    }

    @Test(.timeLimit(.minutes(4)))
    func survivesAKill() async throws {
        try await plays("server_crash") { broker in try await broker.killAndRestart() }
    }

    @Test(.timeLimit(.minutes(4)))
    func survivesAStop() async throws {
        try await plays("server_shutdown") { broker in
            #expect(try await broker.stop().status == 0)
            #expect(try StoredQueue.messages(in: broker.data).isEmpty)
            try await broker.restart()
        }
    }

    /// Probes see the drain, and a second signal ends it.
    @Test(.timeLimit(.minutes(3)))
    func stopsSlowlyAndAtOnceWhenAskedTwice() async throws {
        let port = try Loopback.freePort()
        let broker = try await RunningBroker(
            settings: [
                "ENABLE_INSTRUMENTATION_ENDPOINTS": "1", "SIGNALBOX_INSTRUMENTATION_LISTEN": "127.0.0.1:\(port)",
            ], arguments: ["--drain", "600"])
        let clients = try (0..<3).map { number in
            try ChildProcess(
                "stdbuf",
                ["-oL", "mosquitto_sub", "-p", "\(broker.open)", "-V", "5", "-d", "-i", "c\(number)", "-t", "a"])
        }
        for client in clients { try await client.says("Subscribed") }
        broker.process.signal(SIGTERM)
        try await becomesTrue("probes are told to send nobody here") {
            let asked = try await ChildProcess.run(
                "curl", ["-s", "-w", "%{http_code}", "http://127.0.0.1:\(port)/readiness"])
            return asked.output == "draining\n503"
        }
        #expect(broker.process.isRunning)
        broker.process.signal(SIGTERM)
        #expect(try await broker.process.ended(within: .seconds(60)).status == 0)
    }
}
