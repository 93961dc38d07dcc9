import ArgumentParser

/// `signalbox bench`: measurements that anyone can repeat.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the broker.",
        discussion: """
            'core' needs no sockets, and its instructions can be counted: valgrind --tool=callgrind signalbox bench \
            core (on a binary stripped with 'strip -g'). The others start a broker of their own on loopback. To compare \
            with Mosquitto in one run there is .ci/bench.
            """,
        subcommands: [
            BenchCore.self, BenchCoreConnections.self, BenchConnect.self, BenchIdle.self, BenchDurable.self,
            BenchStorm.self,
        ])
}
