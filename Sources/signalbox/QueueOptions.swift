import ArgumentParser
import Authority
import BrokerServer
import FoundationEssentials
import MessageQueue

/// Which queue, from the environment and the command line.
struct QueueOptions: ParsableArguments {
    @OptionGroup var data: DataDirectoryOption

    @Flag(help: "Print JSON; bodies as they are stored, in base64.")
    var json = false

    /// Opens it, or ends with a sentence.
    func open() throws -> any MessageSource {
        // The database's password is in this process as well.
        Hardening.apply()
        var environment = ProcessInfo.processInfo.environment
        if data.dataDirectory != nil, (environment["MESSAGE_QUEUE_TYPE"] ?? "").isEmpty {
            environment["MESSAGE_QUEUE_TYPE"] = "sqlite"
        }
        do {
            switch try StoreConfiguration(environment: environment) {
            case .sqlite: return try SQLiteSource(data.path(in: environment) + "/queue.sqlite")
            case .postgres(let postgres): return try PostgresSource(postgres)
            case .sqs:
                throw Exit.because(
                    "an SQS queue is read with AWS's own programs: aws sqs receive-message", code: ExitCodes.refused)
            }
        } catch let error as ConfigurationError {
            throw Exit.because(error.description, code: 78)
        } catch let error as AuthorityError {
            throw Exit.because(error.description, code: 78)
        } catch let error as StoreError {
            throw Exit.because(error.description, code: ExitCodes.unreachable)
        }
    }

    /// What the store answers, or its reason in a sentence.
    static func ask<Answer>(_ body: () throws -> Answer) throws -> Answer {
        do {
            return try body()
        } catch let error as StoreError {
            throw Exit.because(error.description, code: ExitCodes.unreachable)
        }
    }
}

extension TimeSpan {
    /// `time` written as a person writes it, within `range` milliseconds.
    static func bounded(_ time: TimeSpan?, usual: Int64, _ option: String, atMost: String, _ most: Int64) throws
        -> Int64
    {
        let milliseconds = time?.milliseconds ?? usual
        guard milliseconds <= most else { throw ValidationError("\(option) takes at most \(atMost)") }
        return milliseconds
    }
}
