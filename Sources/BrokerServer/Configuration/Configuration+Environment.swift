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
        "SIGNALBOX_CERTIFICATE_KEY_FILE", "ENABLE_INSTRUMENTATION_ENDPOINTS",
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
            installation: try reader.word("SIGNALBOX_INSTALLATION", longest: 64),
            environment: try reader.word("SIGNALBOX_ENVIRONMENT", longest: 16),
            memory: try reader.memory(), papers: try reader.papers())
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
        switch reader["ENABLE_INSTRUMENTATION_ENDPOINTS"] {
        case nil, "false", "0": break
        case let value:
            throw ConfigurationError(
                key: "ENABLE_INSTRUMENTATION_ENDPOINTS", value: value,
                accepted: "the endpoints are not built into this version; set it to false or leave it out")
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
            ("SIGNALBOX_MEMORY", memory.map(String.init) ?? ""),
            ("SIGNALBOX_CA_FILE", papers.workers?.certificate ?? ""),
            ("SIGNALBOX_CA_KEY_FILE", papers.workers?.key ?? ""),
            ("SIGNALBOX_ADMIN_CA_FILE", papers.admin?.certificate ?? ""),
            ("SIGNALBOX_ADMIN_CA_KEY_FILE", papers.admin?.key ?? ""),
            ("SIGNALBOX_CERTIFICATE_FILE", papers.server?.certificate ?? ""),
            ("SIGNALBOX_CERTIFICATE_KEY_FILE", papers.server?.key ?? ""),
            ("ENABLE_INSTRUMENTATION_ENDPOINTS", "false"),
        ]
        return (settings + store.settings).map { "\($0.key)=\($0.value)" }
    }
}
