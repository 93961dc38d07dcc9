import Foundation
import TestSupport
import Testing

/// What monitors see of a running broker: probes, scrapes, and `$SYS` through other people's clients.
@Suite(.serialized)
struct StatisticsTests {
    private func broker(_ more: [String: String] = [:]) async throws -> (RunningBroker, UInt16) {
        let port = try Loopback.freePort()
        let settings = [
            "ENABLE_INSTRUMENTATION_ENDPOINTS": "true", "SIGNALBOX_INSTRUMENTATION_LISTEN": "127.0.0.1:\(port)",
        ]
        return (try await RunningBroker(settings: settings.merging(more) { $1 }), port)
    }

    private func curl(_ arguments: String...) async throws -> ChildProcess.Ended {
        try await ChildProcess.run("curl", ["-sS", "--max-time", "10"] + arguments)
    }

    @Test(.timeLimit(.minutes(3)))
    func answersProbesAndScrapes() async throws {
        let (broker, port) = try await broker()
        let base = "http://127.0.0.1:\(port)"
        #expect(try await curl("\(base)/healthz").output == "ok\n")
        #expect(try await curl("\(base)/readiness").output == "ok\n")
        let publishing = try await ChildProcess.run(
            "mosquitto_pub", ["-p", "\(broker.open)", "-t", "a", "-m", "12345", "-q", "1"])
        #expect(publishing.status == 0)
        try await becomesTrue("the message is counted") {
            let scraped = try await curl("\(base)/metrics")
            let read = try ExpositionFormat(scraped.output)
            return read.value("signalbox_payload_bytes_received_total") == 5
                && read.value("signalbox_connections_accepted_total") == 1
        }
        // As a scraper that is no curl asks.
        let python = try await ChildProcess.run(
            "python3",
            [
                "-c",
                "import sys,urllib.request as u;r=u.urlopen(sys.argv[1]);"
                    + "print(r.status,r.headers['Content-Type'],r.read().count(b'# TYPE'))",
                "\(base)/metrics",
            ])
        #expect(python.output.hasPrefix("200 text/plain; version=0.0.4; charset=utf-8 "), "\(python.errors)")
        #expect(try await broker.stop().status == 0)
    }

    /// [T-02] The port is open to whoever reaches it; a probe that finds no place would have the broker killed.
    @Test(.timeLimit(.minutes(3)))
    func idleSocketsKeepNoProbeOut() async throws {
        let (broker, port) = try await broker()
        let idle = try (0..<100).map { _ in try Loopback(port: port) }
        #expect(try await curl("http://127.0.0.1:\(port)/healthz").output == "ok\n")
        #expect(try await idle[0].receiveToEnd(within: .seconds(4)) == [])
        #expect(try await broker.stop().status == 0)
    }

    /// A probe that were refused would have the broker killed while it waits for its database.
    @Test(.timeLimit(.minutes(3)))
    func answersProbesWhileItWaitsForItsDatabase() async throws {
        let directory = try TemporaryDirectory()
        let port = try Loopback.freePort()
        let base = "http://127.0.0.1:\(port)"
        let broker = try await waiting(in: directory, probedOn: port)
        #expect(try await curl("\(base)/readiness", "-w", "%{http_code}").output == "starting\n503")
        #expect(try await curl("\(base)/healthz", "-w", "%{http_code}").output == "ok\n200")
        #expect(try await curl("\(base)/metrics", "-o", "/dev/null", "-w", "%{http_code}").output == "503")
        let ended = try await broker.ended(within: .seconds(90))
        #expect(ended.status == 74, "\(ended.errors)")
    }

    @Test(.timeLimit(.minutes(3)))
    func stopsAtOnceWhileItWaitsForItsDatabase() async throws {
        let directory = try TemporaryDirectory()
        let broker = try await waiting(in: directory, probedOn: try Loopback.freePort())
        broker.signal(SIGHUP)
        broker.signal(SIGTERM)
        let ended = try await broker.ended(within: .seconds(8))
        #expect(ended.status == 0, "\(ended.errors)")
    }

    /// A broker whose database does not answer, so far in its start that probes are answered.
    private func waiting(in directory: TemporaryDirectory, probedOn port: UInt16) async throws -> ChildProcess {
        // Dialled again and again while nobody is there.
        let database = try Loopback.lastingPort()
        let broker = try ChildProcess(
            Programs.signalbox(), ["broker"],
            environment: RunningBroker.environment(
                port: try Loopback.freePort(), data: directory.file("data"),
                [
                    "ENABLE_INSTRUMENTATION_ENDPOINTS": "true", "SIGNALBOX_INSTRUMENTATION_LISTEN": "127.0.0.1:\(port)",
                    "MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL": "postgresql://ci@127.0.0.1:\(database)/ci",
                ]))
        try await becomesTrue("probes are answered") { Loopback.listens(on: port) }
        return broker
    }

    @Test(.timeLimit(.minutes(3)))
    func refusesWhatIsNoProbe() async throws {
        let (broker, port) = try await broker()
        let base = "http://127.0.0.1:\(port)"
        func status(_ arguments: String...) async throws -> String {
            try await ChildProcess.run(
                "curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "10"] + arguments
            ).output
        }
        #expect(try await status("\(base)/") == "404")
        #expect(try await status("\(base)/metrics/../../etc/passwd", "--path-as-is") == "404")
        #expect(try await status("-X", "POST", "-d", "x=1", "\(base)/metrics") == "405")
        #expect(try await status("-I", "\(base)/metrics") == "200")
        #expect(try await status("-H", "X: \(String(repeating: "a", count: 9_000))", "\(base)/healthz") == "431")
        // Half a request, then a whole one at once; the first is told after the deadline.
        let slow = try Loopback(port: port)
        try await slow.send(Array("GET /healthz HT".utf8))
        let junk = try Loopback(port: port)
        try await junk.send([0x16, 0x03, 0x01, 0x00])
        #expect(String(decoding: try await junk.receiveToEnd(), as: UTF8.self).hasPrefix("HTTP/1.1 400 "))
        #expect(try await status("\(base)/healthz") == "200")
        #expect(String(decoding: try await slow.receiveToEnd(), as: UTF8.self).hasPrefix("HTTP/1.1 408 "))
        // More connections than there is room for are closed, and room comes back.
        let crowd = try (0..<40).map { _ in try Loopback(port: port) }
        try await becomesTrue("the crowd is turned away") {
            var closed = 0
            for one in crowd.suffix(8) where try await one.receiveToEnd(within: .seconds(10)).isEmpty { closed += 1 }
            return closed == 8
        }
        try await becomesTrue(within: .seconds(15), "there is room again") {
            try await status("\(base)/healthz") == "200"
        }
        #expect(try await broker.stop().status == 0)
    }

    /// Mosquitto's own client, as a viewer over TLS and at the open listener.
    @Test(.timeLimit(.minutes(3)))
    func showsSystemTopicsToMosquittosClients() async throws {
        let admin = try Loopback.freePort()
        let (broker, _) = try await broker(["SIGNALBOX_ADMIN_LISTEN": "127.0.0.1:\(admin)"])
        let open = try await ChildProcess.run(
            "mosquitto_sub", ["-p", "\(broker.open)", "-t", "$SYS/#", "-v", "-C", "40", "-W", "10"])
        #expect(open.output.contains("$SYS/broker/clients/connected 1\n"), "\(open.output)\(open.errors)")
        #expect(open.output.contains("$SYS/broker/version signalbox version "))

        let made = try await Programs.signingRequest(in: broker.directory, named: "vera")
        let out = broker.directory.file("vera-out")
        let issued = try await broker.signalbox(
            "credential", "issue", "--role", "viewer", "--name", "vera", "--csr", made.request, "--out", out)
        #expect(issued.status == 0, "\(issued.errors)")
        try await becomesTrue("the viewer sees the figures") {
            let seen = try await ChildProcess.run(
                "mosquitto_sub",
                [
                    "-h", "localhost", "-p", "\(admin)", "--cafile", out + "/ca.pem", "--cert", out + "/cert.pem",
                    "--key", made.key, "-t", "$SYS/#", "-v", "-C", "20", "-W", "3",
                ])
            return seen.output.contains("$SYS/broker/uptime ")
        }
        let pool = try await broker.addPool("eu")
        let worker = try broker.mosquitto(
            "mosquitto_sub", pool, ["-i", workerID(1), "-V", "5", "-t", "$SYS/#", "-W", "30"])
        try await worker.says("All subscription requests were denied")
        #expect(try await broker.stop().status == 0)
    }
}
