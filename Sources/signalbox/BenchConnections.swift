import AdminProtocol
import ArgumentParser
import Fleet
import Glibc
import NIOCore
import NIOPosix

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
        guard (1...60_000).contains(connections) else { throw ValidationError("--connections takes 1 to 60000") }
        guard (1...10_000).contains(inProgress) else { throw ValidationError("--in-progress takes 1 to 10000") }
    }

    func run() throws {
        Descriptors.raiseLimit()
        let broker = try BenchBroker()
        defer { broker.stop() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let storm = ConnectionStorm(
            broker.target, count: connections, inProgress: inProgress, subscribes: false, on: group.next())
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

/// `signalbox bench idle`: what a connection costs that says nothing.
struct BenchIdle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle", abstract: "How much memory an idle connection takes.")

    @Option(help: "Connections to hold.")
    var connections = 10_000

    @Flag(help: "Each with a subscription.")
    var subscribed = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...60_000).contains(connections) else { throw ValidationError("--connections takes 1 to 60000") }
    }

    func run() throws {
        Descriptors.raiseLimit()
        let broker = try BenchBroker()
        defer { broker.stop() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let storm = ConnectionStorm(
            broker.target, count: connections, inProgress: 64, subscribes: subscribed, on: group.next())
        let before = broker.resident
        let outcome = try storm.run()
        sleep(2)
        let grown = broker.resident - before
        storm.end()
        BenchReport(
            [
                ("connected", .int(Int64(outcome.connected))), ("failed", .int(Int64(outcome.failed))),
                ("bytes_per_connection", .double(Double(grown) / Double(max(1, outcome.connected)))),
                ("resident_bytes_before", .int(before)),
            ]
        ).print(json: json)
    }
}

/// `signalbox bench durable`: QoS 1, stored, then acknowledged.
struct BenchDurable: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "durable", abstract: "How fast workers' messages are stored and acknowledged.")

    @Option(help: "Workers that publish.")
    var workers = 50

    @Option(help: "Messages each has in flight.")
    var window = 10

    @Option(help: "Bytes of payload.")
    var size = 256

    @Option(help: "How long.")
    var seconds = 5

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...10_000).contains(workers) else { throw ValidationError("--workers takes 1 to 10000") }
        guard (1...100).contains(window) else { throw ValidationError("--window takes 1 to 100") }
        guard (64...65_536).contains(size) else { throw ValidationError("--size takes 64 to 65536") }
        guard (1...3_600).contains(seconds) else { throw ValidationError("--seconds takes 1 to 3600") }
    }

    func run() throws {
        Descriptors.raiseLimit()
        let broker = try BenchBroker(openQueue: true)
        defer { broker.stop() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let load = DurableLoad(
            broker.target, workers: workers, window: window, size: size, seed: 1, on: group.next())
        let cpu = broker.cpuSeconds
        let outcome = try load.run(seconds: seconds)
        let spent = broker.cpuSeconds - cpu
        load.end()
        BenchReport(
            [
                ("acknowledged", .int(Int64(outcome.acknowledged))), ("refused", .int(Int64(outcome.refused))),
                ("per_second", .double(BenchReport.rate(outcome.acknowledged, outcome.nanoseconds))),
                ("puback_p50_ms", .double(Double(outcome.latencies.percentile(0.5)) / 1e6)),
                ("puback_p99_ms", .double(Double(outcome.latencies.percentile(0.99)) / 1e6)),
                (
                    "broker_cpu_s_per_million",
                    .double(spent * 1e6 / Double(max(1, outcome.acknowledged)))
                ),
            ]
        ).print(json: json)
    }
}

/// Figures with their names: as lines for people, as JSON for scripts.
struct BenchReport {
    private let figures: [(name: String, value: JSON)]

    init(_ figures: [(name: String, value: JSON)]) {
        self.figures = figures
    }

    func print(json: Bool) {
        guard !json else { return Swift.print(JSON.object(figures.map { JSON.Member($0.name, $0.value) }).text) }
        for figure in figures {
            let name = figure.name.replacing("_", with: " ")
            let value =
                if case .double(let number) = figure.value {
                    Columns.number(number, places: abs(number) < 100 ? 3 : 0)
                } else {
                    figure.value.text
                }
            Swift.print(name + String(repeating: " ", count: max(1, 28 - name.count)) + Columns.right(value, 12))
        }
    }

    static func rate(_ count: Int, _ nanoseconds: Int64) -> Double {
        Double(count) * 1e9 / Double(max(1, nanoseconds))
    }
}
