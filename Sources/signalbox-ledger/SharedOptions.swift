import ArgumentParser
import Glibc

enum Store: String, ExpressibleByArgument, CaseIterable {
    case sqlite
    case postgres
}

struct SharedOptions: ParsableArguments {
    @Option(help: "The broker to judge: a signalbox; the one beside this program unless given.")
    var program: String?

    @Option(help: "Where the randomness begins; a failing run is repeated with its seed.")
    var seed: UInt64 = 1

    @Option(help: "Workers in all.")
    var workers = 24

    @Option(help: "How many of them connect over TLS with a pool's certificate.")
    var tlsWorkers = 6

    @Option(help: "Messages a second, of all workers together.")
    var rate = 2_000

    @Option(help: "Seconds in which everything must be acknowledged after a fault.")
    var within = 5

    @Flag(help: "One JSON object per run, and nothing else.")
    var json = false

    func validate() throws {
        guard (1...2_000).contains(workers), (0...workers).contains(tlsWorkers), (1...1_000_000).contains(rate),
            (1...600).contains(within)
        else { throw ValidationError("accepted are 1 to 2000 workers, 1 to 1000000 messages a second, 1 to 600 s") }
    }

    /// The broker to judge.
    func signalbox() throws -> String {
        if let program { return program }
        let own = try SharedOptions.own()
        let beside = (own.lastIndex(of: "/").map { String(own[...$0]) } ?? "") + "signalbox"
        guard access(beside, X_OK) == 0 else { throw Failure("\(beside) is not built: say --program") }
        return beside
    }

    /// Where this program lies.
    static func own() throws -> String {
        var name = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &name, name.count - 1)
        guard count > 0 else { throw Failure("where this program lies is not known: say --program") }
        return String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func settings(seed: UInt64) throws -> Trial.Settings {
        let signalbox = try signalbox()
        var settings = Trial.Settings(program: [signalbox, "broker"], client: signalbox, seed: seed)
        settings.crew.workers = workers
        settings.crew.secured = tlsWorkers
        settings.crew.rate = rate
        settings.patience = Int64(within) * 1_000_000
        return settings
    }
}
