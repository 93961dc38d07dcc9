import AdminProtocol
import ArgumentParser
import Fleet

/// `signalbox bench core`: what a message costs inside the broker, before the kernel is asked anything.
struct BenchCore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "core",
        abstract: "What a message costs in the broker's core, without sockets.")

    @Option(help: "Messages delivered per measurement.")
    var messages = 1_000_000

    @Option(help: "Publishers of a fan-in, subscribers of a fan-out.")
    var clients = 100

    @Option(help: "Bytes of payload.")
    var size = 256

    @Option(help: ArgumentHelp("fan-in, fan-out or own-topics; all if absent.", valueName: "shape"))
    var shape: CoreBench.Shape?

    @Option(help: "0 or 1; both if absent.")
    var qos: UInt8?

    @Flag(help: "Print JSON, an object for each measurement.")
    var json = false

    func validate() throws {
        try check("--messages", messages, in: 1...1_000_000_000)
        try check("--clients", clients, in: 1...20_000)
        try check("--size", size, in: 0...65_536)
        guard qos.map({ $0 < 2 }) ?? true else { throw ValidationError("--qos takes 0 or 1") }
    }

    func run() {
        if !json { print("shape       QoS   delivered     ns each    million/s") }
        for shape in shape.map({ [$0] }) ?? CoreBench.Shape.allCases {
            for qos in qos.map({ [$0] }) ?? [0, 1] {
                var bench = CoreBench(shape, qos: qos, clients: clients, size: size)
                report(bench.run(messages: messages))
            }
        }
    }

    private func report(_ outcome: CoreBench.Outcome) {
        let each = outcome.nanosecondsPerDelivery
        guard json else {
            let name = outcome.shape.rawValue
            print(
                name + String(repeating: " ", count: max(1, 12 - name.count)), outcome.qos,
                Columns.right("\(outcome.delivered)", 11), Columns.right(Columns.number(each, places: 1), 11),
                Columns.right(Columns.number(each > 0 ? 1_000 / each : 0, places: 2), 12))
            return
        }
        let object = JSON.object([
            JSON.Member("shape", .string(outcome.shape.rawValue)),
            JSON.Member("qos", .int(Int64(outcome.qos))),
            JSON.Member("clients", .int(Int64(clients))),
            JSON.Member("size", .int(Int64(size))),
            JSON.Member("published", .int(Int64(outcome.published))),
            JSON.Member("delivered", .int(Int64(outcome.delivered))),
            JSON.Member("acknowledged", .int(Int64(outcome.acknowledged))),
            JSON.Member("nanoseconds", .int(outcome.nanoseconds)),
            JSON.Member("nanoseconds_each", .double(each)),
        ])
        print(object.text)
    }
}

extension CoreBench.Shape: ExpressibleByArgument {}
