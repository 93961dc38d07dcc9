package import AWS

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

/// The platform's SQS queue for messages from workers, and who sends to it.
package struct SQSConfiguration: Equatable, Sendable {
    package var address: SQSAddress
    package var aws: AWSConfiguration

    package init(address: SQSAddress, aws: AWSConfiguration) {
        self.address = address
        self.aws = aws
    }
}
