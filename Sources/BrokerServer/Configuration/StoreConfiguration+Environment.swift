import Authority
import MessageQueue

extension StoreConfiguration {
    /// The keys that say where the durable queue is.
    package static let keys: Set<String> = [
        "MESSAGE_QUEUE_TYPE", "DATABASE_URL", "DATABASE_URL_FILE", "SIGNALBOX_ALLOW_UNSAFE_DB",
        "MESSAGE_QUEUE_SQS_IOT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
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
                ("MESSAGE_QUEUE_TYPE", name), ("MESSAGE_QUEUE_SQS_IOT_URL", sqs.queueURL), ("AWS_REGION", sqs.region),
                ("AWS_ACCESS_KEY_ID", sqs.credentials.map { _ in "***" } ?? ""),
                ("AWS_SECRET_ACCESS_KEY", sqs.credentials.map { "\($0.secretAccessKey)" } ?? ""),
                ("AWS_SESSION_TOKEN", sqs.credentials?.sessionToken.map { "\($0)" } ?? ""),
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
            throw ConfigurationError(key: key, value: "***", accepted: Self.noURL)
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
        guard let host = Self.host(of: url) else {
            throw ConfigurationError(key: key, value: "***", accepted: accepted)
        }
        let named = Self.region(in: host)
        guard let region = self["AWS_REGION"] ?? named else {
            throw ConfigurationError(
                key: "AWS_REGION", value: nil, accepted: "sqs needs it, for \(key) does not name a region")
        }
        guard region.utf8.count <= 32, region.utf8.allSatisfy(Self.isRegionByte) else {
            throw ConfigurationError(
                key: "AWS_REGION", value: region, accepted: "accepted is the name of a region, such as eu-west-1")
        }
        if let named, named != region {
            throw ConfigurationError(
                key: "AWS_REGION", value: region,
                accepted: "\(key) is a queue in \(named): the two contradict each other")
        }
        return SQSConfiguration(queueURL: url, region: region, credentials: try credentials())
    }

    /// Keys from the environment; half of a pair is a mistake.
    private func credentials() throws(ConfigurationError) -> SQSConfiguration.Credentials? {
        let token = self["AWS_SESSION_TOKEN"]
        switch (self["AWS_ACCESS_KEY_ID"], self["AWS_SECRET_ACCESS_KEY"]) {
        case (let id?, let secret?):
            return .init(accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: token.map { Secret($0) })
        case (_?, nil):
            throw ConfigurationError(
                key: "AWS_SECRET_ACCESS_KEY", value: nil, accepted: "AWS_ACCESS_KEY_ID is set and needs it")
        case (nil, _?):
            throw ConfigurationError(
                key: "AWS_ACCESS_KEY_ID", value: nil, accepted: "AWS_SECRET_ACCESS_KEY is set and needs it")
        case (nil, nil):
            guard token == nil else {
                throw ConfigurationError(
                    key: "AWS_ACCESS_KEY_ID", value: nil, accepted: "AWS_SESSION_TOKEN is set and needs it")
            }
            return nil
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

    /// Of an http or https URL with a path; nil if the text is none.
    private static func host(of url: String) -> Substring? {
        guard let scheme = ["https://", "http://"].first(where: { url.hasPrefix($0) }),
            url.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        let rest = url.dropFirst(scheme.count)
        guard let slash = rest.firstIndex(of: "/"), slash != rest.startIndex, rest.index(after: slash) != rest.endIndex,
            !rest[..<slash].contains("@")
        else { return nil }
        return rest[..<slash]
    }

    /// `eu-west-1` of `sqs.eu-west-1.amazonaws.com`.
    private static func region(in host: Substring) -> String? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0] == "sqs", parts[2] == "amazonaws" else { return nil }
        return String(parts[1])
    }

    private static func isRegionByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
