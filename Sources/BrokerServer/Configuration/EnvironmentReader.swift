import AdminProtocol
import Authority

/// Reads single values from an environment; an empty one counts as not set.
struct EnvironmentReader {
    let variables: [String: String]

    init(_ variables: [String: String]) {
        self.variables = variables
    }

    subscript(_ key: String) -> String? {
        guard let value = variables[key], !value.isEmpty else { return nil }
        return value
    }

    func refuseUnknown() throws(ConfigurationError) {
        let unknown = variables.keys.sorted().first { key in
            (key.hasPrefix("SIGNALBOX_") || key.hasPrefix("MQTT_BROKER_")) && !Configuration.keys.contains(key)
        }
        guard let unknown else { return }
        throw ConfigurationError(
            key: unknown, value: "***",
            accepted: "no such key; accepted are \(Configuration.keys.sorted().joined(separator: ", "))")
    }

    func endpoint() throws(ConfigurationError) -> Endpoint {
        let key = "MQTT_BROKER_ENDPOINT"
        let accepted = "accepted is [tls://]host:port with a port from 1 to 65535, such as tls://mqtt.example.org:1984"
        guard let text = self[key] else { throw ConfigurationError(key: key, value: nil, accepted: accepted) }
        let bare = text.hasPrefix("tls://") ? String(text.dropFirst("tls://".count)) : text
        if let parts = HostAndPort(bare), parts.port == 1983 {
            throw ConfigurationError(
                key: key, value: text,
                accepted: "port 1983 is the platform's own HTTP server; take another, such as 1984")
        }
        do {
            return try Endpoint(text)
        } catch {
            throw ConfigurationError(key: key, value: text, accepted: accepted)
        }
    }

    func logLevel() throws(ConfigurationError) -> LogLevel {
        let key = "MQTT_BROKER_BUILTIN_LOG_LEVEL"
        guard let text = self[key] else { return .error }
        guard let level = LogLevel(named: text) else {
            throw ConfigurationError(key: key, value: text, accepted: "accepted are error, warn, info, debug and trace")
        }
        return level
    }

    /// One topic level: what stands there is compared byte by byte with what workers send.
    func namespace() throws(ConfigurationError) -> String {
        let key = "MQTT_BROKER_IOTCORE_NAMESPACE"
        guard let text = self[key] else { return "spacelift" }
        let plain = text.utf8.allSatisfy { byte in
            (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "+")
                && byte != UInt8(ascii: "#")
        }
        guard plain, text.utf8.first != UInt8(ascii: "$"), text.utf8.count <= 64 else {
            throw ConfigurationError(
                key: key, value: text,
                accepted: "accepted is one topic level of at most 64 printable ASCII characters, without / + #"
                    + " and not beginning with $")
        }
        return text
    }

    func dataDirectory(commandLine: String?) throws(ConfigurationError) -> String {
        let key = "SIGNALBOX_DATA_DIR"
        var path: String
        if let commandLine {
            path = DataDirectory.absolute(commandLine)
        } else {
            do {
                path = try DataDirectory.path(in: variables)
            } catch {
                throw ConfigurationError(
                    key: key, value: nil, accepted: "accepted is the absolute path of a directory only you can read")
            }
        }
        while path.utf8.count > 1, path.hasSuffix("/") { path = String(path.dropLast()) }
        // The address of a unix socket has 108 bytes, and the admin socket is in this directory.
        guard path.hasPrefix("/"), !path.utf8.contains(0), path.utf8.count <= 96 else {
            throw ConfigurationError(
                key: key, value: path, accepted: "accepted is an absolute path of at most 96 bytes")
        }
        return path
    }

    func address(_ key: String) throws(ConfigurationError) -> HostAndPort? {
        guard let text = self[key] else { return nil }
        guard let address = HostAndPort(text) else {
            throw ConfigurationError(
                key: key, value: text, accepted: "accepted is host:port with a port from 1 to 65535")
        }
        return address
    }

    /// Bytes: `512M`, `4G`.
    func memory() throws(ConfigurationError) -> Int? {
        let key = "SIGNALBOX_MEMORY"
        guard let text = self[key] else { return nil }
        let shift: Int? =
            switch text.utf8.last {
            case UInt8(ascii: "M"): 20
            case UInt8(ascii: "G"): 30
            default: nil
            }
        guard let shift, text.utf8.dropLast().allSatisfy({ (48...57).contains($0) }), text.utf8.count <= 8,
            let number = Int(text.dropLast()), (1 << 26...1 << 42).contains(number << shift)
        else {
            throw ConfigurationError(
                key: key, value: text, accepted: "accepted is a number with M or G, from 64M to 4096G")
        }
        return number << shift
    }

    /// Certificates and keys that come from elsewhere: both or none of each pair.
    func papers() throws(ConfigurationError) -> AuthorityFiles {
        AuthorityFiles(
            workers: try pair("SIGNALBOX_CA"), admin: try pair("SIGNALBOX_ADMIN_CA"),
            server: try pair("SIGNALBOX_CERTIFICATE"))
    }

    private func pair(_ name: String) throws(ConfigurationError) -> AuthorityFiles.Pair? {
        let (certificate, key) = (name + "_FILE", name + "_KEY_FILE")
        guard self[certificate] != nil || self[key] != nil else { return nil }
        return AuthorityFiles.Pair(
            certificate: try path(certificate, because: key), key: try path(key, because: certificate))
    }

    private func path(_ key: String, because other: String) throws(ConfigurationError) -> String {
        let accepted = "accepted is the absolute path of a PEM file, together with \(other)"
        guard let path = self[key], path.hasPrefix("/"), path.utf8.count < 4_096, !path.utf8.contains(0) else {
            throw ConfigurationError(key: key, value: self[key], accepted: accepted)
        }
        return path
    }

    func threads() throws(ConfigurationError) -> Int {
        let key = "SIGNALBOX_THREADS"
        guard let text = self[key] else { return 1 }
        guard text.utf8.count <= 4, let count = Int(text), (1...256).contains(count) else {
            throw ConfigurationError(key: key, value: text, accepted: "accepted is a number from 1 to 256")
        }
        return count
    }

    /// Of a key in seconds; nil if not set.
    func milliseconds(_ key: String) throws(ConfigurationError) -> Int64? {
        guard let text = self[key] else { return nil }
        guard let milliseconds = Configuration.milliseconds(ofSeconds: text) else {
            throw ConfigurationError(key: key, value: text, accepted: Configuration.acceptedSeconds)
        }
        return milliseconds
    }

    func instrumentation() throws(ConfigurationError) -> InstrumentationOptions? {
        let key = "ENABLE_INSTRUMENTATION_ENDPOINTS"
        switch self[key] {
        case nil, "false", "0": return nil
        case "true", "1": break
        case let value: throw ConfigurationError(key: key, value: value, accepted: "accepted are true and false")
        }
        let listenKey = "SIGNALBOX_INSTRUMENTATION_LISTEN"
        var options = InstrumentationOptions()
        if let text = self[listenKey], text != InstrumentationOptions.everywhere {
            guard let address = HostAndPort(text, ports: 0...65_535) else {
                throw ConfigurationError(
                    key: listenKey, value: text, accepted: "accepted is host:port, such as 127.0.0.1:8080")
            }
            options.listen = address
        }
        let tokenKey = "SIGNALBOX_INSTRUMENTATION_TOKEN"
        if let token = self[tokenKey] {
            guard InstrumentationOptions.accepts(token.utf8) else {
                throw ConfigurationError(key: tokenKey, value: "***", accepted: InstrumentationOptions.acceptedToken)
            }
            options.token = token
        }
        options.tokenFile = self[tokenKey + "_FILE"]
        guard options.token == nil || options.tokenFile == nil else {
            throw ConfigurationError(
                key: tokenKey, value: "***", accepted: "either the token or \(tokenKey)_FILE, not both")
        }
        return options
    }

    /// A word for people; empty if not set.
    func word(_ key: String, longest: Int) throws(ConfigurationError) -> String {
        guard let text = self[key] else { return "" }
        guard text.utf8.count <= longest, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw ConfigurationError(
                key: key, value: text, accepted: "accepted are at most \(longest) printable ASCII characters")
        }
        return text
    }
}
