import AdminProtocol
import ArgumentParser
import Fleet

/// `signalbox bench core-connections`: what clients cost the broker's core that only come, stay and go.
struct BenchCoreConnections: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "core-connections",
        abstract: "What a connection costs in the broker's core, without sockets.")

    @Option(help: "Clients that come and go.")
    var connects = 10_000

    @Option(help: "Clients that stay.")
    var idle = 10_000

    @Flag(help: "Each that stays with a subscription.")
    var subscribed = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        try check("--connects", connects, in: 0...10_000_000)
        try check("--idle", idle, in: 0...60_000)
    }

    func run() {
        // Those that stay first: who comes and goes leaves memory that would be used again.
        var staying = ConnectionBench()
        let bytes = idle > 0 ? staying.stay(idle, subscribed: subscribed) : 0
        var passing = ConnectionBench()
        let letIn = passing.comeAndGo(connects)
        BenchReport([
            ("connected", .int(Int64(letIn))), ("idle", .int(Int64(idle))),
            ("bytes_per_idle_connection", .int(Int64(bytes))),
        ]).print(json: json)
    }
}
