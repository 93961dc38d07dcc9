import AWS
import Authority
import Glibc
import MessageQueue

extension StoreConfiguration {
    /// The keys that say where the durable queue is.
    package static let keys: Set<String> = [
        "MESSAGE_QUEUE_TYPE", "DATABASE_URL", "DATABASE_URL_FILE", "SIGNALBOX_ALLOW_UNSAFE_DB",
        "MESSAGE_QUEUE_SQS_IOT_URL",
    ]

    /// Reads the environment; what a `_FILE` key names is read as well.
    package init(environment: [String: String]) throws(ConfigurationError) {
        let reader = EnvironmentReader(environment)
        let type = reader["MESSAGE_QUEUE_TYPE"]
        switch type {
        case "sqlite": self = .sqlite
        case "postgres": self = .postgres(try reader.postgres())
        case nil, "sqs": self = .sqs(try reader.sqs())
        default:
            throw ConfigurationError(
                key: "MESSAGE_QUEUE_TYPE", value: type, accepted: "accepted are sqlite, postgres and sqs")
        }
    }

    /// The effective values, in the order of a person's reading; secrets are `***`.
    package var settings: [(key: String, value: String)] {
        switch self {
        case .sqlite: [("MESSAGE_QUEUE_TYPE", name)]
        case .postgres(let postgres):
            [
                ("MESSAGE_QUEUE_TYPE", name), ("DATABASE_URL", postgres.url.description),
                ("SIGNALBOX_ALLOW_UNSAFE_DB", postgres.allowsUnsafe ? "1" : "0"),
            ]
        case .sqs(let sqs):
            [
                ("MESSAGE_QUEUE_TYPE", name), ("MESSAGE_QUEUE_SQS_IOT_URL", sqs.address.url),
                ("AWS_REGION", sqs.aws.region), sqs.aws.source.setting,
            ]
        }
    }
}

extension EnvironmentReader {
    private static let noURL =
        "accepted is postgresql://user:password@host:port/database, or a file that holds it in DATABASE_URL_FILE"

    func postgres() throws(ConfigurationError) -> PostgresConfiguration {
        let key = self["DATABASE_URL"] == nil ? "DATABASE_URL_FILE" : "DATABASE_URL"
        guard let text = try secret("DATABASE_URL") else {
            throw ConfigurationError(
                key: "DATABASE_URL", value: nil, accepted: "MESSAGE_QUEUE_TYPE=postgres needs it; \(Self.noURL)")
        }
        guard let url = DatabaseURL(text) else {
            let unknown = DatabaseURL.unknownParameter(in: text).map { "libpq has no parameter \(Quoted($0)); " }
            throw ConfigurationError(key: key, value: "***", accepted: (unknown ?? "") + Self.noURL)
        }
        return PostgresConfiguration(url: url, allowsUnsafe: try flag("SIGNALBOX_ALLOW_UNSAFE_DB"))
    }

    func sqs() throws(ConfigurationError) -> SQSConfiguration {
        let key = "MESSAGE_QUEUE_SQS_IOT_URL"
        let accepted = "accepted is a queue's URL, such as https://sqs.eu-west-1.amazonaws.com/123456789012/iot"
        guard let url = self[key] else {
            let default_ = self["MESSAGE_QUEUE_TYPE"] == nil ? "the default store, sqs, needs it" : "sqs needs it"
            throw ConfigurationError(
                key: key, value: nil, accepted: "\(default_); \(accepted); or set MESSAGE_QUEUE_TYPE=postgres or sqlite"
            )
        }
        // Somebody may have put a password into it.
        guard let address = SQSAddress(url) else {
            throw ConfigurationError(key: key, value: "***", accepted: accepted)
        }
        do {
            let aws = try AWSConfiguration(environment: variables, urlRegion: address.region) {
                access($0, R_OK) == 0
            }
            return SQSConfiguration(address: address, aws: aws)
        } catch {
            throw ConfigurationError(key: error.key, value: error.value, accepted: error.accepted)
        }
    }

    /// A secret from its variable, or from the file that `…_FILE` names; not from both. [SD-10]
    func secret(_ key: String) throws(ConfigurationError) -> String? {
        let file = key + "_FILE"
        guard let path = self[file] else { return self[key] }
        guard self[key] == nil else {
            throw ConfigurationError(key: file, value: path, accepted: "\(key) is set as well; set one of the two")
        }
        let bytes: [UInt8]
        do {
            bytes = try File.read(path, atMost: 8_192, secret: true)
        } catch {
            throw ConfigurationError(key: file, value: path, accepted: error.description)
        }
        // Editors end the last line.
        var text = bytes[...]
        while let last = text.last, last == 0x0A || last == 0x0D || last == 0x20 { text.removeLast() }
        guard !text.isEmpty, !text.contains(0), let secret = String(validating: text, as: UTF8.self) else {
            throw ConfigurationError(key: file, value: path, accepted: "accepted is a file with one line of text")
        }
        return secret
    }

    func flag(_ key: String) throws(ConfigurationError) -> Bool {
        switch self[key] {
        case nil, "0", "false": return false
        case "1", "true": return true
        case let value: throw ConfigurationError(key: key, value: value, accepted: "accepted are 1 and 0")
        }
    }
}
