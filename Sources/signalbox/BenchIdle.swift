import AdminProtocol
import ArgumentParser
import Fleet
import Glibc

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
        try check("--connections", connections, in: 1...60_000)
    }

    func run() throws {
        try BenchBroker.measure { broker, loop in
            let storm = ConnectionStorm(
                broker.target, count: connections, inProgress: 64, subscribes: subscribed, on: loop)
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
}
