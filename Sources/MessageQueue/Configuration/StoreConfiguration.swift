/// Where the durable queue is: one of three stores, with all that is needed to reach it.
package enum StoreConfiguration: Equatable, Sendable {
    /// One file in the data directory.
    case sqlite
    case postgres(PostgresConfiguration)
    case sqs(SQSConfiguration)

    /// As `MESSAGE_QUEUE_TYPE` calls it.
    package var name: String {
        switch self {
        case .sqlite: "sqlite"
        case .postgres: "postgres"
        case .sqs: "sqs"
        }
    }
}

/// A PostgreSQL database, and how careful to be with it.
package struct PostgresConfiguration: Equatable, Sendable {
    package var url: DatabaseURL
    /// Settings that lose acknowledged messages are shown instead of refused. [T-52]
    package var allowsUnsafe: Bool

    package init(url: DatabaseURL, allowsUnsafe: Bool = false) {
        self.url = url
        self.allowsUnsafe = allowsUnsafe
    }
}

/// The platform's SQS queue for messages from workers.
package struct SQSConfiguration: Equatable, Sendable {
    /// Keys from the environment; without them they are looked for where AWS's own programs look.
    package struct Credentials: Equatable, Sendable {
        package var accessKeyID: String
        package var secretAccessKey: Secret
        package var sessionToken: Secret?

        package init(accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil) {
            self.accessKeyID = accessKeyID
            self.secretAccessKey = secretAccessKey
            self.sessionToken = sessionToken
        }
    }

    package var queueURL: String
    package var region: String
    package var credentials: Credentials?

    package init(queueURL: String, region: String, credentials: Credentials? = nil) {
        self.queueURL = queueURL
        self.region = region
        self.credentials = credentials
    }
}
