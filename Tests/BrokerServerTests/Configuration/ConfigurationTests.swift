import AdminProtocol
import Authority
import BrokerServer
import Foundation
import MessageQueue
import TestSupport
import Testing

@Suite struct ConfigurationTests {
    private static let least = [
        "MQTT_BROKER_TYPE": "builtin", "MQTT_BROKER_ENDPOINT": "mqtt.example.org:1984", "MESSAGE_QUEUE_TYPE": "sqlite",
        "HOME": "/home/ops",
    ]

    private static func with(_ more: [String: String]) -> [String: String] { least.merging(more) { $1 } }

    /// What a check calls good a start does not refuse: files that are named are looked at.
    @Test func looksAtTheFilesItNames() throws {
        let directory = try TemporaryDirectory()
        let least = Self.with(["SIGNALBOX_DATA_DIR": directory.file("not-made")])
        try Configuration(environment: least).checkFiles()
        #expect(!FileManager.default.fileExists(atPath: directory.file("not-made")))
        let open = try directory.write("x", to: "open", mode: 0o644)
        let certificate = try directory.write("x", to: "certificate")
        for (more, word) in [
            (["SIGNALBOX_CA_FILE": "/nonexistent", "SIGNALBOX_CA_KEY_FILE": certificate], "/nonexistent"),
            (["SIGNALBOX_CERTIFICATE_FILE": certificate, "SIGNALBOX_CERTIFICATE_KEY_FILE": open], "chmod 600"),
            (
                ["ENABLE_INSTRUMENTATION_ENDPOINTS": "true", "SIGNALBOX_INSTRUMENTATION_TOKEN_FILE": "/nonexistent"],
                "/nonexistent"
            ),
            (["SIGNALBOX_DATA_DIR": open], "is not a directory"),
        ] {
            let configuration = try Configuration(environment: least.merging(more) { $1 })
            let error = #expect(throws: (any Error).self) { try configuration.checkFiles() }
            #expect("\(String(describing: error))".contains(word), "\(more)")
        }
    }

    @Test func needsThreeKeysAndFillsInTheRest() throws {
        let configuration = try Configuration(environment: ConfigurationTests.least)
        #expect(configuration.endpoint == Endpoint(host: "mqtt.example.org", port: 1_984))
        #expect(configuration.logLevel == .error)
        #expect(configuration.namespace == "spacelift")
        #expect(configuration.dataDirectory == "/home/ops/.local/state/signalbox")
        #expect(configuration.adminSocket == "/home/ops/.local/state/signalbox/admin.sock")
        #expect(configuration.adminListen == nil)
        #expect(configuration.threads == 1)
        #expect(configuration.installation == "mqtt.example.org")
        #expect(configuration.environment == "")
    }

    @Test(arguments: [
        ("tls://mqtt.example.org.:8883", "mqtt.example.org", 8_883), ("[::1]:1984", "::1", 1_984),
        ("10.0.0.7:65535", "10.0.0.7", 65_535), ("tls://localhost:1", "localhost", 1),
    ])
    func acceptsAnEndpoint(text: String, host: String, port: Int) throws {
        let configuration = try Configuration(environment: ConfigurationTests.with(["MQTT_BROKER_ENDPOINT": text]))
        #expect(configuration.endpoint == Endpoint(host: host, port: port))
    }

    @Test(arguments: [
        "mqtt.example.org", ":1984", "mqtt:", "mqtt:0", "mqtt:65536", "mqtt:+1", "mqtt:１９８４", "https://mqtt:1984",
        "a b:1",
        "mqtt:1983 ", "[::1:1984", "\u{1B}[2J:1984", "a..b:1",
    ])
    func refusesWhatIsNoEndpoint(text: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration(environment: ConfigurationTests.with(["MQTT_BROKER_ENDPOINT": text]))
        }
        #expect(error.key == "MQTT_BROKER_ENDPOINT")
        #expect(!error.description.contains("\u{1B}"))
    }

    @Test(arguments: ["localhost:1983", "tls://mqtt.example.org:1983", "[::1]:1983"])
    func saysWhyPort1983IsRefused(text: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration(environment: ConfigurationTests.with(["MQTT_BROKER_ENDPOINT": text]))
        }
        #expect(
            error.description
                == "MQTT_BROKER_ENDPOINT=\"\(text)\": port 1983 is the platform's own HTTP server; take another, such as 1984"
        )
    }

    @Test(
        arguments: [
            (
                [:],
                "MQTT_BROKER_TYPE is not set: the default, iotcore, is not built into this version;"
                    + " set MQTT_BROKER_TYPE=builtin"
            ),
            (["MQTT_BROKER_TYPE": "mosquitto"], "MQTT_BROKER_TYPE=\"mosquitto\": accepted is builtin"),
        ] as [([String: String], String)])
    func answersWhatIsNotBuiltByOneSentence(environment: [String: String], sentence: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try Configuration(environment: environment) }
        #expect(error.description == sentence)
    }

    @Test(arguments: [
        ("MQTT_BROKER_BUILTIN_LOG_LEVEL", "loud"), ("MQTT_BROKER_IOTCORE_NAMESPACE", "a/b"),
        ("MQTT_BROKER_IOTCORE_NAMESPACE", "#"), ("MQTT_BROKER_IOTCORE_NAMESPACE", "$SYS"),
        ("MQTT_BROKER_IOTCORE_NAMESPACE", "ä"),
        ("SIGNALBOX_DATA_DIR", "/" + String(repeating: "x", count: 96)), ("SIGNALBOX_THREADS", "0"),
        ("SIGNALBOX_THREADS", "99999999999999999999"), ("SIGNALBOX_ADMIN_LISTEN", "somewhere"),
        ("ENABLE_INSTRUMENTATION_ENDPOINTS", "yes"), ("SIGNALBOX_ENVIRONMENT", "PRO\u{7}D"),
        ("SIGNALBOX_DRAIN_SECONDS", "-1"), ("SIGNALBOX_DRAIN_SECONDS", "3601"), ("SIGNALBOX_DRAIN_SERVER", "there"),
        ("SIGNALBOX_WILL_GRACE_SECONDS", "soon"),
        ("SIGNALBOX_DATADIR", "/typo"), ("MQTT_BROKER_TYPO", "x"),
    ])
    func namesTheKeyOfAWrongValue(key: String, value: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration(environment: ConfigurationTests.with([key: value]))
        }
        #expect(error.key == key)
        #expect(!error.accepted.isEmpty)
    }

    @Test(arguments: [("ERROR", LogLevel.error), ("Warning", .warn), ("warn", .warn), ("trace", .trace)])
    func readsALevelInAnyCase(text: String, level: LogLevel) throws {
        let environment = ConfigurationTests.with(["MQTT_BROKER_BUILTIN_LOG_LEVEL": text])
        #expect(try Configuration(environment: environment).logLevel == level)
    }

    @Test func readsWhereAndForWhomTheEndpointsAre() throws {
        let on = ["ENABLE_INSTRUMENTATION_ENDPOINTS": "true"]
        #expect(try Configuration(environment: ConfigurationTests.with([:])).instrumentation == nil)
        #expect(try Configuration(environment: ConfigurationTests.with(on)).instrumentation == InstrumentationOptions())
        let token = "0123456789abcdef"
        let more = on.merging([
            "SIGNALBOX_INSTRUMENTATION_LISTEN": "127.0.0.1:0", "SIGNALBOX_INSTRUMENTATION_TOKEN": token,
        ]) { $1 }
        let configuration = try Configuration(environment: ConfigurationTests.with(more))
        #expect(
            configuration.instrumentation
                == InstrumentationOptions(listen: HostAndPort(host: "127.0.0.1", port: 0), token: token))
        #expect(!configuration.lines.contains { $0.contains(token) })
        for (key, value) in [
            ("SIGNALBOX_INSTRUMENTATION_LISTEN", "8080"), ("SIGNALBOX_INSTRUMENTATION_TOKEN", "short"),
            ("SIGNALBOX_INSTRUMENTATION_TOKEN", "has a blank in it"),
            ("SIGNALBOX_INSTRUMENTATION_TOKEN_FILE", "/both"),
        ] {
            let wrong = more.merging([key: value]) { $1 }
            let error = try #require(throws: ConfigurationError.self) {
                try Configuration(environment: ConfigurationTests.with(wrong))
            }
            #expect(!error.description.contains(token) && !error.description.contains("blank in"))
        }
    }

    @Test(arguments: [("64M", "64M"), ("512M", "512M"), ("1536M", "1536M"), ("1024M", "1G"), ("4096G", "4096G")])
    func printsTheMemoryAsItIsTyped(_ typed: String, _ printed: String) throws {
        let configuration = try Configuration(environment: ConfigurationTests.with(["SIGNALBOX_MEMORY": typed]))
        #expect(configuration.lines.contains("SIGNALBOX_MEMORY=\(printed)"))
    }

    @Test func letsTheCommandLineNameTheDirectory() throws {
        let environment = ConfigurationTests.with(["SIGNALBOX_DATA_DIR": "/srv/a"])
        #expect(try Configuration(environment: environment).dataDirectory == "/srv/a")
        #expect(try Configuration(environment: environment, dataDirectory: "/srv/b/").dataDirectory == "/srv/b")
    }

    @Test(arguments: [
        [:],
        [
            "SIGNALBOX_ADMIN_LISTEN": "[::]:1985", "SIGNALBOX_DATA_DIR": "/srv/a", "SIGNALBOX_MEMORY": "512M",
            "SIGNALBOX_THREADS": "4", "SIGNALBOX_INSTALLATION": "fra 1", "SIGNALBOX_ENVIRONMENT": "PROD",
            "ENABLE_INSTRUMENTATION_ENDPOINTS": "1", "SIGNALBOX_INSTRUMENTATION_LISTEN": "[::1]:9",
            "SIGNALBOX_INSTRUMENTATION_TOKEN_FILE": "/srv/token", "SIGNALBOX_DRAIN_SECONDS": "7",
            "SIGNALBOX_DRAIN_SERVER": "b.example:1984", "SIGNALBOX_WILL_GRACE_SECONDS": "9",
            "MQTT_BROKER_BUILTIN_LOG_LEVEL": "WARNING", "MQTT_BROKER_IOTCORE_NAMESPACE": "a-b",
        ],
        [
            "MQTT_BROKER_ENDPOINT": "[2001:db8::1]:1984", "SIGNALBOX_MEMORY": "4096M",
            "ENABLE_INSTRUMENTATION_ENDPOINTS": "true", "SIGNALBOX_CA_FILE": "/a", "SIGNALBOX_CA_KEY_FILE": "/b",
        ],
        ["MQTT_BROKER_ENDPOINT": "tls://" + String(repeating: "abcdefghijklmnopqrst.", count: 12) + ":1984"],
    ])
    func printsValuesThatItAcceptsAgain(_ variables: [String: String]) throws {
        let configuration = try Configuration(environment: ConfigurationTests.with(variables))
        var again: [String: String] = [:]
        for line in configuration.lines {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            again[String(parts[0])] = String(parts[1])
        }
        #expect(try Configuration(environment: again) == configuration)
        #expect(
            Set(again.keys) == Configuration.keys.subtracting(StoreConfiguration.keys).union(["MESSAGE_QUEUE_TYPE"]))
    }
}
