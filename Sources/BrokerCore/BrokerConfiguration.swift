import AdminProtocol

/// What the core has to know of the configuration; made by the server from the environment.
package struct BrokerConfiguration: Equatable, Sendable {
    /// The top topic level, such as `spacelift`.
    package var namespace: String
    /// What the operators call this installation.
    package var installation: String
    /// `PROD`, `STAGE`, `DEMO` or empty.
    package var environment: String
    package var version: String
    package var endpoint: String
    package var logLevel: LogLevel
    /// `sqlite`, `postgres`, `sqs`.
    package var store: String
    /// The address of the open listener, if there is one.
    package var open: String?
    /// Whether publishes of open clients go to the queue as well (`--open-queue`).
    package var openQueue: Bool
    package var openRules: OpenRules
    /// Names this start of the broker.
    package var instance: String
    package var limits: Limits
    /// Whether somebody writes wills down and answers with `willsKept`.
    package var keepsWills = false

    package init(
        namespace: String = "spacelift", installation: String = "signalbox", environment: String = "",
        version: String = "0", endpoint: String = "localhost:1984", logLevel: LogLevel = .error,
        store: String = "sqlite", open: String? = nil, openQueue: Bool = false,
        openRules: OpenRules = OpenRules(), instance: String = "1", limits: Limits = Limits()
    ) {
        self.namespace = namespace
        self.installation = installation
        self.environment = environment
        self.version = version
        self.endpoint = endpoint
        self.logLevel = logLevel
        self.store = store
        self.open = open
        self.openQueue = openQueue
        self.openRules = openRules
        self.instance = instance
        self.limits = limits
    }
}
