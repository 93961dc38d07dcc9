import AdminProtocol
import ArgumentParser
import Fleet
import FoundationEssentials

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
        try check("--workers", workers, in: 1...10_000)
        try check("--window", window, in: 1...100)
        try check("--rate", rate, in: 1...200_000)
        try check("--size", size, in: 64...65_536)
        try check("--seconds", seconds, in: 1...3_600)
    }

    func run() throws {
        try BenchBroker.measure(openQueue: true, store: store.settings()) { broker, loop in
            let load = DurableLoad(
                broker.target, workers: workers, window: window, rate: rate, size: size, seed: 1, on: loop)
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
