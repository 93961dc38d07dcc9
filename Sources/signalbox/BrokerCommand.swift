import ArgumentParser
import BrokerCore
import BrokerServer
import CProcess
import FoundationEssentials
import Glibc

/// `signalbox broker`: runs the broker until it is told to stop.
struct BrokerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "Run the broker.",
        discussion: """
            Configured by the environment: MQTT_BROKER_TYPE=builtin, MQTT_BROKER_ENDPOINT=host:port and \
            MESSAGE_QUEUE_TYPE (sqlite, or postgres or sqs with what they need) are needed; 'signalbox config check' \
            prints all values. SIGTERM or Ctrl-C stops it: clients are told, what was handed over is stored, or its \
            number is logged; a second one gives nobody more time.

            Exit codes: 0 stopped as asked, 69 an address or the data directory is in use, 71 the system refuses \
            what a broker needs (a thread, descriptors), 74 the store cannot be used, 78 the configuration or a file \
            is refused.

            SIGHUP reads certificates and keys again, as does a change of the files that SIGNALBOX_CA_FILE and its \
            like name; what cannot be used changes nothing.
            """)

    @Option(
        help: ArgumentHelp(
            "Also listen here without TLS and identity; loopback only, for experiments and benchmarks.",
            valueName: "127.0.0.1:port"))
    var open: String?

    @Flag(help: "Messages of open clients to <namespace>/writeonly/<pool>/<worker> go to the durable queue as well.")
    var openQueue = false

    @Option(
        help: ArgumentHelp(
            "An open client's SUBSCRIBE to exactly this filter is refused; may be given more than once.",
            discussion: """
                It is answered with 0x80. Suites ask a broker to refuse one: Paho's try "nosubscribe" (3.1.1) and \
                "test/nosubscribe" (5.0).
                """,
            valueName: "filter"))
    var openDenySubscribe: [String] = []

    @Option(
        help: ArgumentHelp(
            "Open clients of MQTT 5 are told to keep alive this long if they ask for more, or for no end.",
            discussion: "Paho's and Mosquitto's suites expect 60.", valueName: "seconds"))
    var openMaxKeepAlive: String?

    @Option(
        help: ArgumentHelp(
            "The Receive Maximum of open clients; beyond it they are sent away with 0x93 (default: 100).",
            discussion: "Mosquitto's suite expects 20.", valueName: "messages"))
    var openReceiveMaximum: String?

    @Option(
        help: ArgumentHelp(
            "Over how long clients are told of a stop; by default up to 5, the fewer the shorter.",
            valueName: "seconds"))
    var drain: String?

    @OptionGroup var data: DataDirectoryOption

    func run() throws {
        // Before there is a second thread. What one of them gives back is not found by the others otherwise, and lies
        // beside what is counted. [T-70]
        cprocess_share_memory()
        guard let signals = BrokerSignals() else {
            throw Exit.because("no thread to hear signals: \(String(cString: strerror(errno)))", code: 71)
        }
        Descriptors.raiseLimit()
        Hardening.apply()
        let server: BrokerServer
        do {
            server = try BrokerServer.start(configuration())
        } catch let error as ConfigurationError {
            throw Exit.because(error.description, code: 78)
        } catch let failure as BrokerServer.StartFailure {
            throw Exit.because(failure.description, code: failure.exitCode)
        }
        signals.waitForStop(of: server)
        server.stop()
    }

    private func configuration() throws -> Configuration {
        var configuration = try Configuration(
            environment: ProcessInfo.processInfo.environment, dataDirectory: data.dataDirectory)
        if let open {
            guard let address = HostAndPort(open, ports: 0...65_535), address.isLoopback else {
                throw ConfigurationError(
                    key: "--open", value: open,
                    accepted: "accepted is a loopback address such as 127.0.0.1:1883, for whoever connects is let in")
            }
            configuration.open = address
        }
        configuration.openQueue = openQueue
        configuration.openRules = try OpenRules(
            denySubscribe: openDenySubscribe, maxKeepAlive: openMaxKeepAlive, receiveMaximum: openReceiveMaximum,
            isOpen: open != nil)
        if let drain {
            guard let milliseconds = Configuration.milliseconds(ofSeconds: drain) else {
                throw ConfigurationError(key: "--drain", value: drain, accepted: Configuration.acceptedSeconds)
            }
            configuration.drain = milliseconds
        }
        return configuration
    }
}
