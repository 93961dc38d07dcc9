import ArgumentParser
import BrokerServer
import FoundationEssentials
import Glibc

/// The control: the real broker over a store that lies, started by the ledger itself and by nobody else.
struct LyingBroker: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "lying-broker", shouldDisplay: false)

    @Option var open: String
    @Flag var openQueue = false

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        var configuration = try Configuration(environment: ProcessInfo.processInfo.environment)
        configuration.open = HostAndPort(open, ports: 0...65_535)
        configuration.openQueue = openQueue
        let server = try BrokerServer.start(configuration, storing: { LyingStore(over: $0) })
        var caught: Int32 = 0
        while sigwait(&set, &caught) != 0 {}
        server.stop()
    }
}
