import AdminProtocol
import Authority
import MessageQueue

extension Configuration {
    /// Every key that is understood; another one that begins like ours is refused. [SD-3]
    package static let keys = Set([
        "MQTT_BROKER_TYPE", "MQTT_BROKER_ENDPOINT", "MQTT_BROKER_BUILTIN_LOG_LEVEL", "MQTT_BROKER_IOTCORE_NAMESPACE",
        "SIGNALBOX_DATA_DIR", "SIGNALBOX_ADMIN_LISTEN", "SIGNALBOX_THREADS", "SIGNALBOX_INSTALLATION",
        "SIGNALBOX_ENVIRONMENT", "SIGNALBOX_MEMORY", "SIGNALBOX_CA_FILE", "SIGNALBOX_CA_KEY_FILE",
        "SIGNALBOX_ADMIN_CA_FILE", "SIGNALBOX_ADMIN_CA_KEY_FILE", "SIGNALBOX_CERTIFICATE_FILE",
        "SIGNALBOX_CERTIFICATE_KEY_FILE", "ENABLE_INSTRUMENTATION_ENDPOINTS", "SIGNALBOX_INSTRUMENTATION_LISTEN",
        "SIGNALBOX_INSTRUMENTATION_TOKEN", "SIGNALBOX_INSTRUMENTATION_TOKEN_FILE",
        "SIGNALBOX_DRAIN_SECONDS", "SIGNALBOX_DRAIN_SERVER", "SIGNALBOX_WILL_GRACE_SECONDS",
    ]).union(StoreConfiguration.keys)

    /// Reads the environment; `dataDirectory` is the command line's and wins.
    package init(environment: [String: String], dataDirectory: String? = nil) throws(ConfigurationError) {
        let reader = EnvironmentReader(environment)
        try reader.refuseUnknown()
        try Configuration.refuseWhatIsNotBuilt(reader)
        self.init(
            endpoint: try reader.endpoint(),
            logLevel: try reader.logLevel(),
            namespace: try reader.namespace(),
            dataDirectory: try reader.dataDirectory(commandLine: dataDirectory),
            store: try StoreConfiguration(environment: environment),
            adminListen: try reader.address("SIGNALBOX_ADMIN_LISTEN"),
            threads: try reader.threads(),
            // It is the endpoint's host unless somebody says otherwise, and as long.
            installation: try reader.word("SIGNALBOX_INSTALLATION", longest: 253),
            environment: try reader.word("SIGNALBOX_ENVIRONMENT", longest: 16),
            memory: try reader.memory(), papers: try reader.papers(), instrumentation: try reader.instrumentation())
        drain = try reader.milliseconds("SIGNALBOX_DRAIN_SECONDS")
        willGrace = try reader.milliseconds("SIGNALBOX_WILL_GRACE_SECONDS") ?? willGrace
        drainServer = try reader.address("SIGNALBOX_DRAIN_SERVER")
    }

    /// The certificates and keys that an environment names; for programs that need nothing else of it.
    package static func papers(in environment: [String: String]) throws(ConfigurationError) -> AuthorityFiles {
        try EnvironmentReader(environment).papers()
    }

    /// Modes of the platform that are answered by a sentence until they exist, the documented defaults included.
    private static func refuseWhatIsNotBuilt(_ reader: EnvironmentReader) throws(ConfigurationError) {
        let type = reader["MQTT_BROKER_TYPE"]
        guard type == "builtin" else {
            throw ConfigurationError(
                key: "MQTT_BROKER_TYPE", value: type,
                accepted: type == nil || type == "iotcore"
                    ? "the default, iotcore, is not built into this version; set MQTT_BROKER_TYPE=builtin"
                    : "accepted is builtin")
        }
    }

    /// The effective values, one line each, as `signalbox config check` prints them.
    package var lines: [String] {
        let settings: [(key: String, value: String)] = [
            ("MQTT_BROKER_TYPE", "builtin"),
            ("MQTT_BROKER_ENDPOINT", endpoint.description),
            ("MQTT_BROKER_BUILTIN_LOG_LEVEL", logLevel.rawValue),
            ("MQTT_BROKER_IOTCORE_NAMESPACE", namespace),
            ("SIGNALBOX_DATA_DIR", dataDirectory),
            ("SIGNALBOX_ADMIN_LISTEN", adminListen?.description ?? ""),
            ("SIGNALBOX_THREADS", String(threads)),
            ("SIGNALBOX_INSTALLATION", installation),
            ("SIGNALBOX_ENVIRONMENT", environment),
            ("SIGNALBOX_MEMORY", memory.map(Configuration.text(ofBytes:)) ?? ""),
            ("SIGNALBOX_CA_FILE", papers.workers?.certificate ?? ""),
            ("SIGNALBOX_CA_KEY_FILE", papers.workers?.key ?? ""),
            ("SIGNALBOX_ADMIN_CA_FILE", papers.admin?.certificate ?? ""),
            ("SIGNALBOX_ADMIN_CA_KEY_FILE", papers.admin?.key ?? ""),
            ("SIGNALBOX_CERTIFICATE_FILE", papers.server?.certificate ?? ""),
            ("SIGNALBOX_CERTIFICATE_KEY_FILE", papers.server?.key ?? ""),
            ("ENABLE_INSTRUMENTATION_ENDPOINTS", instrumentation == nil ? "false" : "true"),
            (
                "SIGNALBOX_INSTRUMENTATION_LISTEN",
                instrumentation.map { $0.listen?.description ?? InstrumentationOptions.everywhere } ?? ""
            ),
            ("SIGNALBOX_INSTRUMENTATION_TOKEN", instrumentation?.token == nil ? "" : "***"),
            ("SIGNALBOX_INSTRUMENTATION_TOKEN_FILE", instrumentation?.tokenFile ?? ""),
            ("SIGNALBOX_DRAIN_SECONDS", drain.map { String($0 / 1_000) } ?? ""),
            ("SIGNALBOX_DRAIN_SERVER", drainServer?.description ?? ""),
            ("SIGNALBOX_WILL_GRACE_SECONDS", String(willGrace / 1_000)),
        ]
        return (settings + store.settings).map { "\($0.key)=\($0.value)" }
    }

    /// As `SIGNALBOX_MEMORY` takes it: `512M`, `4G`. No other number of bytes comes from an environment.
    private static func text(ofBytes bytes: Int) -> String {
        if bytes.isMultiple(of: 1 << 30) { return "\(bytes >> 30)G" }
        return bytes.isMultiple(of: 1 << 20) ? "\(bytes >> 20)M" : "\(bytes)"
    }
}
