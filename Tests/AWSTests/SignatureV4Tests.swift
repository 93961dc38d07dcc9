import AWS
import Foundation
import Testing

/// Our signatures beside botocore's, over a table that `.ci/tools/signatures.py` makes.
struct SignatureV4Tests {
    struct Row: Decodable {
        var method: String
        var host: String
        var headers: [[String]]
        var body: String
        var region: String
        var service: String
        var key: String
        var secret: String
        var token: String?
        var seconds: Int64
        var expected: [String: String]
    }

    @Test func signsEveryRequestOfTheTableAsBotocoreDoes() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "signatures.jsonl")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Row.self, from: Data($0.utf8))
        }
        #expect(rows.count >= 200)
        for (number, row) in rows.enumerated() {
            let credentials = Credentials(accessKeyID: row.key, secretAccessKey: row.secret, sessionToken: row.token)
            let request = SignatureV4.Request(
                method: row.method, host: row.host,
                headers: row.headers.map { (name: $0[0], value: $0[1]) }, body: Array(row.body.utf8))
            let headers = SignatureV4(credentials, region: row.region, service: row.service)
                .headers(for: request, at: SigningTime(seconds: row.seconds))
            let made = Dictionary(headers.map { ($0.name, $0.value) }) { first, _ in first }
            #expect(made == row.expected, "line \(number + 1)")
        }
    }

    @Test func anotherSecretIsAnotherSignature() {
        let request = SignatureV4.Request(method: "POST", host: "sqs.eu-west-1.amazonaws.com")
        let signatures = ["one", "two"].map { secret in
            SignatureV4(Credentials(accessKeyID: "id", secretAccessKey: secret), region: "eu-west-1", service: "sqs")
                .headers(for: request, at: SigningTime(seconds: 0)).last?.value
        }
        #expect(signatures[0] != signatures[1])
    }

    @Test func credentialsNeverShowTheirSecret() {
        let credentials = Credentials(accessKeyID: "AKIA", secretAccessKey: "very secret", sessionToken: "hidden")
        var dumped = ""
        dump(credentials, to: &dumped)
        let texts = [
            "\(credentials)", String(reflecting: credentials), dumped, "\([credentials])",
            "\(AWSConfiguration.Source.fixed(credentials).setting)",
        ]
        for text in texts {
            #expect(text.contains("***"))
            #expect(!text.contains("secret"))
            #expect(!text.contains("hidden"))
        }
    }
}
