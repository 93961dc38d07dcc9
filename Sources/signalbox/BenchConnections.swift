import AdminProtocol
import ArgumentParser
import Fleet
import FoundationEssentials
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
        commandName: "durable", abstract: "How fast workers' messages are stored and acknowledged.",
        discussion: """
            As many as possible with --window messages of each worker under way, or --rate messages per second, where \
            waiting for the broker counts. --store postgres writes to the database that DATABASE_URL names, and leaves \
            its messages there.
            """)

    @Option(help: "Workers that publish.")
    var workers = 50

    @Option(help: "Messages each has in flight.")
    var window = 10

    @Option(help: ArgumentHelp("Messages per second of all workers, instead of as many as possible.", valueName: "n"))
    var rate: Int?

    @Option(help: ArgumentHelp("sqlite or postgres.", valueName: "store"))
    var store = Store.sqlite

    @Option(help: "Bytes of payload.")
    var size = 256

    @Option(help: "How long.")
    var seconds = 5

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...10_000).contains(workers) else { throw ValidationError("--workers takes 1 to 10000") }
        guard (1...100).contains(window) else { throw ValidationError("--window takes 1 to 100") }
        if let rate, !(1...200_000).contains(rate) { throw ValidationError("--rate takes 1 to 200000") }
        guard (64...65_536).contains(size) else { throw ValidationError("--size takes 64 to 65536") }
        guard (1...3_600).contains(seconds) else { throw ValidationError("--seconds takes 1 to 3600") }
    }

    func run() throws {
        Descriptors.raiseLimit()
        let broker = try BenchBroker(openQueue: true, store: store.settings())
        defer { broker.stop() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let load = DurableLoad(
            broker.target, workers: workers, window: window, rate: rate, size: size, seed: 1, on: group.next())
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
                ("puback_max_ms", .double(Double(outcome.latencies.last ?? 0) / 1e6)),
                (
                    "broker_cpu_s_per_million",
                    .double(spent * 1e6 / Double(max(1, outcome.acknowledged)))
                ),
            ]
        ).print(json: json)
    }
}

extension BenchDurable {
    enum Store: String, ExpressibleByArgument {
        case sqlite
        case postgres

        /// For the broker's environment, which no list of processes shows to others.
        func settings() throws -> [String] {
            switch self {
            case .sqlite: return ["MESSAGE_QUEUE_TYPE=sqlite"]
            case .postgres:
                guard let url = ProcessInfo.processInfo.environment["DATABASE_URL"] else {
                    throw Exit.because("--store postgres needs DATABASE_URL", code: ExitCodes.usage)
                }
                return ["MESSAGE_QUEUE_TYPE=postgres", "DATABASE_URL=\(url)"]
            }
        }
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
