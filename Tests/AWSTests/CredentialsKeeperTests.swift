import AWS
import HTTPSupport
import Testing

struct CredentialsKeeperTests {
    static let keys = """
        {"AccessKeyId":"id","SecretAccessKey":"secret","Token":"token","Expiration":"1970-01-01T01:00:00Z"}
        """
    static let expected = Credentials(
        accessKeyID: "id", secretAccessKey: "secret", sessionToken: "token", expiresAt: 3_600)

    /// A keeper whose source is `source` of a fake server that answers by `reply`.
    private func with(
        _ source: (String) -> AWSConfiguration.Source, files: [String: String] = [:],
        reply: @escaping @Sendable (FakeHTTPServer.Request) -> FakeHTTPServer.Reply,
        _ body: (CredentialsKeeper, FakeHTTPServer) throws -> Void
    ) throws {
        let server = try FakeHTTPServer(reply)
        defer { server.stop() }
        let transport = try HTTPTransport()
        defer { transport.stop() }
        let configuration = AWSConfiguration(
            region: "eu-west-1", source: source(server.url), securityTokenService: server.url)
        try body(
            CredentialsKeeper(configuration, transport: transport) { files[$0].map { Array($0.utf8) } }, server)
    }

    @Test func asksTheContainersAgentWithItsToken() throws {
        try with(
            { .container(url: $0 + "/creds", token: nil, tokenFile: "/token") }, files: ["/token": "let me in\n"],
            reply: {
                $0.headers["authorization"] == "letmein" && $0.path == "/creds"
                    ? .answer(status: 200, body: Self.keys) : .answer(status: 403, body: "")
            }
        ) { keeper, _ in
            let credentials = try keeper.credentials(at: 0)
            #expect(credentials == Self.expected)
        }
    }

    @Test func asksTheMetadataServiceForAToken() throws {
        try with(
            { .instance(url: $0) },
            reply: { request in
                switch (request.method, request.path, request.headers["x-aws-ec2-metadata-token"]) {
                case ("PUT", "/latest/api/token", _): .answer(status: 200, body: "T")
                case ("GET", "/latest/meta-data/iam/security-credentials/", "T"): .answer(status: 200, body: "role")
                case ("GET", "/latest/meta-data/iam/security-credentials/role", "T"):
                    .answer(status: 200, body: Self.keys)
                default: .answer(status: 404, body: "")
                }
            }
        ) { keeper, _ in
            let credentials = try keeper.credentials(at: 0)
            #expect(credentials == Self.expected)
        }
    }

    @Test func takesOnARoleWithATokenFile() throws {
        let xml = """
            <R><AssumeRoleWithWebIdentityResult><Credentials><SessionToken>token</SessionToken>
            <SecretAccessKey>secret</SecretAccessKey><Expiration>1970-01-01T01:00:00Z</Expiration>
            <AccessKeyId>id</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult></R>
            """
        try with(
            { _ in .webIdentity(role: "arn:aws:iam::1:role/a b", tokenFile: "/jwt", session: "s") },
            files: ["/jwt": "e.y.J"],
            reply: { request in
                String(decoding: request.body, as: UTF8.self)
                    == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%20b"
                    + "&RoleSessionName=s&WebIdentityToken=e.y.J"
                    ? .answer(status: 200, body: xml) : .answer(status: 400, body: "")
            }
        ) { keeper, _ in
            let credentials = try keeper.credentials(at: 0)
            #expect(credentials == Self.expected)
        }
    }

    @Test func keepsThemUntilShortlyBeforeTheirEnd() throws {
        try with(
            { .container(url: $0, token: nil, tokenFile: nil) }, reply: { _ in .answer(status: 200, body: Self.keys) }
        ) { keeper, server in
            _ = try keeper.credentials(at: 0)
            _ = try keeper.credentials(at: 3_299)
            #expect(server.requests.count == 1)
            _ = try keeper.credentials(at: 3_300)
            #expect(server.requests.count == 2)
            keeper.forget()
            _ = try keeper.credentials(at: 10)
            #expect(server.requests.count == 3)
        }
    }

    @Test func oldOnesServeWhileNewOnesCannotBeHad() throws {
        let isAway = Flag()
        try with(
            { .container(url: $0, token: nil, tokenFile: nil) },
            reply: { _ in isAway.value ? .answer(status: 500, body: "secret") : .answer(status: 200, body: Self.keys) }
        ) { keeper, server in
            _ = try keeper.credentials(at: 0)
            isAway.value = true
            let first = try keeper.credentials(at: 3_400)
            #expect(first == Self.expected)
            let second = try keeper.credentials(at: 3_405)
            #expect(second == Self.expected)
            #expect(server.requests.count == 2)
            let failure = #expect(throws: AWSFailure.self) { try keeper.credentials(at: 3_601) }
            #expect(failure?.description == "no credentials: the answer was 500")
        }
    }

    @Test func nonsenseIsNoKey() throws {
        try with(
            { .container(url: $0, token: nil, tokenFile: nil) }, reply: { _ in .answer(status: 200, body: "[]") }
        ) { keeper, _ in
            #expect(throws: AWSFailure.self) { try keeper.credentials(at: 0) }
        }
    }
}
