import AWS
import BrokerServer
import MessageQueue
import TestSupport
import Testing

@Suite struct StoreConfigurationTests {
    private static let queue = "https://sqs.eu-west-1.amazonaws.com/123456789012/iot"
    private static let url = "postgresql://broker:kanarienvogel@db.example.org:5433/platform?sslmode=verify-full"

    private func refusal(_ environment: [String: String]) throws -> String {
        let error = try #require(throws: ConfigurationError.self) { try StoreConfiguration(environment: environment) }
        #expect(!"\(error)".contains("kanarienvogel"))
        return error.description
    }

    @Test func readsEachStore() throws {
        #expect(try StoreConfiguration(environment: ["MESSAGE_QUEUE_TYPE": "sqlite"]) == .sqlite)
        let url = try #require(DatabaseURL(Self.url))
        let queue = try #require(SQSAddress(Self.queue))
        let local = try #require(SQSAddress("http://127.0.0.1:4566/0/iot"))
        #expect(
            try StoreConfiguration(environment: ["MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL": Self.url])
                == .postgres(PostgresConfiguration(url: url)))
        #expect(
            try StoreConfiguration(environment: ["MESSAGE_QUEUE_SQS_IOT_URL": Self.queue])
                == .sqs(
                    SQSConfiguration(
                        address: queue,
                        aws: AWSConfiguration(
                            region: "eu-west-1", source: .instance(url: "http://169.254.169.254")))))
        let keys = ["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "kanarienvogel", "AWS_REGION": "local"]
        #expect(
            try StoreConfiguration(
                environment: keys.merging(["MESSAGE_QUEUE_SQS_IOT_URL": "http://127.0.0.1:4566/0/iot"]) { $1 })
                == .sqs(
                    SQSConfiguration(
                        address: local,
                        aws: AWSConfiguration(
                            region: "local",
                            source: .fixed(Credentials(accessKeyID: "AKIA", secretAccessKey: "kanarienvogel"))))))
    }

    @Test func readsTheDatabaseURLFromAFile() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(Self.url + "\n", to: "url")
        let environment = ["MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL_FILE": path]
        #expect(
            try StoreConfiguration(environment: environment)
                == StoreConfiguration(environment: ["MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL": Self.url]))
        #expect(
            try refusal(environment.merging(["DATABASE_URL": Self.url]) { $1 })
                == "DATABASE_URL_FILE=\"\(path)\": DATABASE_URL is set as well; set one of the two")
        let open = try directory.write(Self.url, to: "open", mode: 0o644)
        #expect(try refusal(environment.merging(["DATABASE_URL_FILE": open]) { $1 }).contains("can be read by others"))
        let empty = try directory.write("\n", to: "empty")
        #expect(
            try refusal(environment.merging(["DATABASE_URL_FILE": empty]) { $1 }).contains(
                "a file with one line of text"))
    }

    @Test(
        arguments: [
            ([:], "MESSAGE_QUEUE_SQS_IOT_URL is not set: the default store, sqs, needs it"),
            (["MESSAGE_QUEUE_TYPE": "kafka"], "MESSAGE_QUEUE_TYPE=\"kafka\": accepted are sqlite, postgres and sqs"),
            (["MESSAGE_QUEUE_TYPE": "postgres"], "DATABASE_URL is not set: MESSAGE_QUEUE_TYPE=postgres needs it"),
            (
                ["MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL": "kanarienvogel"],
                "DATABASE_URL=\"***\": accepted is postgresql://"
            ),
            (
                ["MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL": "mysql://a:kanarienvogel@b/c"],
                "DATABASE_URL=\"***\": accepted is postgresql://"
            ),
            (
                [
                    "MESSAGE_QUEUE_TYPE": "postgres",
                    "DATABASE_URL": "postgres://a:kanarienvogel@b/c?sslmode=require&pool_max_conns=4",
                ], "DATABASE_URL=\"***\": libpq has no parameter \"pool_max_conns\"; accepted is postgresql://"
            ),
            (
                // A question mark in a password that is not written as %3F.
                ["MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL": "postgres://a:x?kanarienvogel=1@b/c%zz"],
                "DATABASE_URL=\"***\": accepted is postgresql://"
            ),
            (
                ["MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL": "postgres://a:kanarienvogel@[b/c"],
                "DATABASE_URL=\"***\": accepted is postgresql://"
            ),
            (
                [
                    "MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL": "postgres://a/b",
                    "SIGNALBOX_ALLOW_UNSAFE_DB": "yes",
                ], "SIGNALBOX_ALLOW_UNSAFE_DB=\"yes\": accepted are 1 and 0"
            ),
            (["MESSAGE_QUEUE_SQS_IOT_URL": "iot"], "MESSAGE_QUEUE_SQS_IOT_URL=\"***\": accepted is a queue's URL"),
            (
                ["MESSAGE_QUEUE_SQS_IOT_URL": "https://user:kanarienvogel@sqs/iot"],
                "MESSAGE_QUEUE_SQS_IOT_URL=\"***\": accepted is a queue's URL"
            ),
            (
                ["MESSAGE_QUEUE_SQS_IOT_URL": "https://sqs.example.org/iot"],
                "AWS_REGION is not set: accepted is a region"
            ),
            (
                ["MESSAGE_QUEUE_SQS_IOT_URL": queue, "AWS_REGION": "us-east-1"],
                "AWS_REGION=\"us-east-1\": the queue's address names eu-west-1"
            ),
            (
                ["MESSAGE_QUEUE_SQS_IOT_URL": queue, "AWS_ACCESS_KEY_ID": "AKIA"],
                "AWS_SECRET_ACCESS_KEY is not set: AWS_ACCESS_KEY_ID is set and needs it"
            ),
            (
                ["MESSAGE_QUEUE_SQS_IOT_URL": queue, "AWS_SECRET_ACCESS_KEY": "kanarienvogel"],
                "AWS_ACCESS_KEY_ID is not set: AWS_SECRET_ACCESS_KEY is set and needs it"
            ),
            (
                ["MESSAGE_QUEUE_SQS_IOT_URL": queue, "AWS_SESSION_TOKEN": "kanarienvogel"],
                "AWS_ACCESS_KEY_ID is not set: AWS_SESSION_TOKEN is set and needs it"
            ),
        ] as [([String: String], String)])
    func saysInOneSentenceWhatIsMissingOrContradicts(environment: [String: String], sentence: String) throws {
        let said = try refusal(environment)
        #expect(said.hasPrefix(sentence), "\(said)")
        #expect(!said.contains("\n"))
    }

    /// [SD-10]
    @Test func showsNoSecretHoweverItIsPrinted() throws {
        let sqs = [
            "MESSAGE_QUEUE_SQS_IOT_URL": Self.queue, "AWS_ACCESS_KEY_ID": "kanarienvogel-id",
            "AWS_SECRET_ACCESS_KEY": "kanarienvogel", "AWS_SESSION_TOKEN": "kanarienvogel",
        ]
        let words = "host=db password='kanarien vogel' user=o'\\''b"
        for environment in [
            sqs, ["MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL": Self.url],
            ["MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL": "postgres://h/d?password=kanarienvogel"],
            ["MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL": words],
        ] {
            guard let configuration = try? StoreConfiguration(environment: environment) else { continue }
            var dumped = ""
            dump(configuration.settings.map { "\($0.key)=\($0.value)" }, to: &dumped)
            if case .postgres(let postgres) = configuration { dump(postgres, to: &dumped) }
            if case .sqs(let sqs) = configuration { dump(sqs, to: &dumped) }
            #expect(!dumped.contains("vogel"), "\(dumped)")
            #expect(dumped.contains("***"))
        }
    }

    @Test func printsADatabaseURLThatCanBeReadAgain() throws {
        let configuration = try StoreConfiguration(
            environment: ["MESSAGE_QUEUE_TYPE": "postgres", "DATABASE_URL": Self.url])
        #expect(
            configuration.settings.map { "\($0.key)=\($0.value)" } == [
                "MESSAGE_QUEUE_TYPE=postgres",
                "DATABASE_URL=user=broker password=*** dbname=platform host=db.example.org port=5433 sslmode=verify-full",
                "SIGNALBOX_ALLOW_UNSAFE_DB=0",
            ])
    }
}
