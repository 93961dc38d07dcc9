import BrokerCore
@testable import BrokerServer
import MessageQueue

extension FuzzTarget {
    /// An environment, made into a configuration or into one sentence. [SD-3, SD-10, SD-15]
    static let environment = FuzzTarget(name: "environment") { input in
        var script = Script(input)
        var variables = ["MQTT_BROKER_TYPE": "builtin", "MQTT_BROKER_ENDPOINT": "tls://a.example:1984"]
        variables["SIGNALBOX_DATA_DIR"] = "/nonexistent"
        variables["MESSAGE_QUEUE_TYPE"] = script.one(of: ["sqlite", "postgres", "sqs"])
        while !script.isAtEnd {
            let key = script.byte() == 255 ? script.word() : script.one(of: variableNames)
            variables[key] = script.flag() ? script.one(of: values) : script.word()
        }
        // Somebody's password, where people put it.
        let canary = "kanarienvogel"
        if variables["DATABASE_URL"] == values[0] { variables["DATABASE_URL"] = "postgresql://u:\(canary)@h/d" }
        do throws(ConfigurationError) {
            let configuration = try Configuration(environment: variables)
            for line in configuration.lines {
                law(!line.contains(canary), "a secret is shown: \(line)")
                law(line.utf8.contains(UInt8(ascii: "=")), "\(line) is no setting")
            }
            law(try Configuration(environment: variables) == configuration, "the same environment is another")
            checkPrinted(configuration)
            law(!configuration.namespace.isEmpty && configuration.dataDirectory.hasPrefix("/"), "it is not whole")
        } catch {
            law(!error.description.contains(canary), "a secret is shown: \(error)")
            law(error.description.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, "\(error)")
        }
        checkOpenRules(&script)
    }

    /// What is printed can be typed, but for secrets; of the stores, only the one that needs nothing else.
    private static func checkPrinted(_ configuration: Configuration) {
        guard configuration.store == .sqlite, !configuration.lines.contains(where: { $0.hasSuffix("=***") }) else {
            return
        }
        var again: [String: String] = [:]
        for line in configuration.lines {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            again[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        do throws(ConfigurationError) {
            law(try Configuration(environment: again) == configuration, "what is printed means another: \(again)")
        } catch {
            law(false, "what is printed is refused: \(error)")
        }
    }

    private static let variableNames =
        Configuration.keys.sorted() + [
            "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
            "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "XDG_STATE_HOME", "HOME",
        ]

    private static let values = [
        "", "true", "0", "debug", "512M", "9999G", "localhost:1985", "[::1]:80", "tls://[::1]:1984", "/tmp/x",
        "postgres://h", "host=h password='x y'", "https://sqs.eu-west-1.amazonaws.com/123456789012/iot", "eu-west-1",
        "4", "99999", "-1", "+1", "spacelift", "host:65536", "\u{202E}", "é", "a/b", "$x",
    ]

    private static func checkOpenRules(_ script: inout Script) {
        let filter = script.word()
        let number = script.word()
        do throws(ConfigurationError) {
            let rules = try OpenRules(
                denySubscribe: [filter], maxKeepAlive: number, receiveMaximum: nil, isOpen: true)
            law(rules.deniedFilters == [Array(filter.utf8)], "another filter is denied")
            law(rules.maximumKeepAlive.map { "\($0)" }.map { number.hasSuffix($0) } == true, "another number")
        } catch {
            law(!error.description.isEmpty, "no word of why")
        }
    }
}

extension Script {
    /// Text of any bytes: an environment is repaired as the system's own reading of it does.
    fileprivate mutating func word() -> String { String(decoding: take(below(40)), as: UTF8.self) }
}
