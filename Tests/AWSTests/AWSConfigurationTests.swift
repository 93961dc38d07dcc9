import AWS
import Testing

struct AWSConfigurationTests {
    static func nothing(_ path: String) -> Bool { false }

    @Test func takesTheFirstSourceThatIsThere() throws {
        let table: [([String: String], AWSConfiguration.Source)] = [
            (
                ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ROLE_ARN": "r"],
                .fixed(Credentials(accessKeyID: "a", secretAccessKey: "b"))
            ),
            (
                ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "r"],
                .webIdentity(role: "r", tokenFile: "/t", session: "signalbox")
            ),
            (
                ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"],
                .container(url: "http://169.254.170.2/v2/x", token: nil, tokenFile: nil)
            ),
            ([:], .instance(url: "http://169.254.169.254")),
        ]
        for (environment, source) in table {
            let all = environment.merging(["AWS_REGION": "eu-west-1"]) { one, _ in one }
            #expect(try AWSConfiguration(environment: all, isReadable: Self.nothing).source == source)
        }
    }

    @Test(arguments: [
        "https://agent.example.com/creds", "http://localhost:8080/creds", "http://127.0.0.1/creds",
        "http://[::1]:80/creds",
        "http://169.254.170.2/v2/creds", "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials",
    ])
    func aContainersAgentIsNearOrReachedInSecret(_ url: String) throws {
        let environment = ["AWS_REGION": "eu-west-1", "AWS_CONTAINER_CREDENTIALS_FULL_URI": url]
        #expect(
            try AWSConfiguration(environment: environment, isReadable: Self.nothing).source
                == .container(url: url, token: nil, tokenFile: nil))
    }

    @Test(arguments: [
        "http://agent.example.com/creds", "http://169.254.170.2.example.com/", "http://169.254.170.2@example.com/",
        "http://10.0.0.1/creds", "ftp://localhost/", "creds",
    ])
    func aTokenIsSentToNobodyElse(_ url: String) {
        let environment = ["AWS_REGION": "eu-west-1", "AWS_CONTAINER_CREDENTIALS_FULL_URI": url]
        let mistake = #expect(throws: AWSConfiguration.Mistake.self) {
            try AWSConfiguration(environment: environment, isReadable: Self.nothing)
        }
        #expect(mistake?.key == "AWS_CONTAINER_CREDENTIALS_FULL_URI")
        #expect(mistake?.value == "***")
    }

    @Test func aProfileNeedsItsFile() throws {
        let environment = ["AWS_REGION": "eu-west-1", "AWS_PROFILE": "ci", "HOME": "/home/me"]
        #expect(
            try AWSConfiguration(environment: environment) { $0 == "/home/me/.aws/credentials" }.source
                == .sharedFile(path: "/home/me/.aws/credentials", profile: "ci"))
        #expect(throws: AWSConfiguration.Mistake.self) {
            try AWSConfiguration(environment: environment, isReadable: Self.nothing)
        }
    }

    @Test func theRegionIsNamedOnceOrTwiceAlike() throws {
        #expect(
            try AWSConfiguration(environment: [:], urlRegion: "eu-west-1", isReadable: Self.nothing).region
                == "eu-west-1")
        let other = ["AWS_REGION": "us-east-1"]
        let mistake = #expect(throws: AWSConfiguration.Mistake.self) {
            try AWSConfiguration(environment: other, urlRegion: "eu-west-1", isReadable: Self.nothing)
        }
        #expect(mistake?.key == "AWS_REGION")
        #expect(throws: AWSConfiguration.Mistake.self) {
            try AWSConfiguration(environment: [:], isReadable: Self.nothing)
        }
        #expect(throws: AWSConfiguration.Mistake.self) {
            try AWSConfiguration(environment: ["AWS_REGION": "eu west/1"], isReadable: Self.nothing)
        }
    }

    @Test func halfAKeyIsAMistakeThatNamesTheOtherHalf() {
        let half = ["AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "a"]
        let mistake = #expect(throws: AWSConfiguration.Mistake.self) {
            try AWSConfiguration(environment: half, isReadable: Self.nothing)
        }
        #expect(mistake?.key == "AWS_SECRET_ACCESS_KEY")
    }

    @Test func aCredentialsFileHasSections() {
        let file = SharedCredentialsFile(
            """
            # keys
            [default]
            aws_access_key_id = one
            aws_secret_access_key=two
            [ci]
            AWS_ACCESS_KEY_ID=three
            aws_secret_access_key = four = five
            aws_session_token = six
            [half]
            aws_access_key_id = seven
            nonsense
            """)
        #expect(file.credentials(of: "default") == Credentials(accessKeyID: "one", secretAccessKey: "two"))
        #expect(
            file.credentials(of: "ci")
                == Credentials(accessKeyID: "three", secretAccessKey: "four = five", sessionToken: "six"))
        #expect(file.credentials(of: "half") == nil)
        #expect(file.credentials(of: "nobody") == nil)
    }
}
