/// Who answers, what it is, and what the asker may do there.
package struct Hello: Codable, Equatable, Sendable {
    package struct Feature: Codable, Equatable, Sendable {
        package var name: String
        package var available: Bool
        /// Why it is off, in one sentence.
        package var why: String?

        package init(name: String, available: Bool, why: String? = nil) {
            self.name = name
            self.available = available
            self.why = why
        }
    }

    /// The name of the installation, such as `prod-eu`.
    package var installation: String
    /// The word for line 1 of a console: `PROD`, `STAGE`, `DEMO`; empty if nobody set one.
    package var environment: String
    package var version: String
    /// `builtin` or `iotcore`.
    package var mode: String
    /// `host:port` of the workers' listener.
    package var endpoint: String
    package var namespace: String
    /// The address of the open listener while one exists.
    package var open: String?
    /// Who the asker is, as the broker knows it.
    package var principal: String
    package var role: Role
    /// Grows with every start of the broker; a console that sees another one has lost its watches.
    package var instance: String
    package var startedAt: Timestamp
    package var now: Timestamp
    package var features: [Feature]

    package init(
        installation: String, environment: String, version: String, mode: String, endpoint: String, namespace: String,
        open: String? = nil, principal: String, role: Role, instance: String, startedAt: Timestamp, now: Timestamp,
        features: [Feature]
    ) {
        self.installation = installation
        self.environment = environment
        self.version = version
        self.mode = mode
        self.endpoint = endpoint
        self.namespace = namespace
        self.open = open
        self.principal = principal
        self.role = role
        self.instance = instance
        self.startedAt = startedAt
        self.now = now
        self.features = features
    }
}
