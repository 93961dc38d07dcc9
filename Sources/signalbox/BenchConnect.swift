import AdminProtocol
import ArgumentParser
import Fleet

/// `signalbox bench connect`: how fast clients get in.
struct BenchConnect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect", abstract: "How many clients connect per second.")

    @Option(help: "Connections to open.")
    var connections = 5_000

    @Option(help: "Of them in progress at a time.")
    var inProgress = 64

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        try check("--connections", connections, in: 1...60_000)
        try check("--in-progress", inProgress, in: 1...10_000)
    }

    func run() throws {
        try BenchBroker.measure { broker, loop in
            let storm = ConnectionStorm(
                broker.target, count: connections, inProgress: inProgress, subscribes: false, on: loop)
            let cpu = broker.cpuSeconds
            let outcome = try storm.run()
            let spent = broker.cpuSeconds - cpu
            storm.end()
            BenchReport(
                [
                    ("connected", .int(Int64(outcome.connected))), ("failed", .int(Int64(outcome.failed))),
                    ("connects_per_second", .double(BenchReport.rate(outcome.connected, outcome.nanoseconds))),
                    ("connack_p50_ms", .double(Double(outcome.durations.percentile(0.5)) / 1e6)),
                    ("connack_p99_ms", .double(Double(outcome.durations.percentile(0.99)) / 1e6)),
                    ("broker_cpu_ms_per_connect", .double(spent * 1_000 / Double(max(1, outcome.connected)))),
                ]
            ).print(json: json)
        }
    }
}
