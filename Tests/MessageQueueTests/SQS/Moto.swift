import AWS
import Foundation
import TestSupport

/// A moto server of the test's own, on a port of its own.
final class Moto {
    static let configuration = AWSConfiguration(
        region: "eu-west-1", source: .fixed(Credentials(accessKeyID: "testing", secretAccessKey: "testing")))

    /// The Python that has moto: the one `.ci/test` prepared, or the first in the path.
    static let python: String? = {
        let prepared = ProcessInfo.processInfo.environment["SIGNALBOX_TEST_PYTHON"]
        for candidate in [prepared, "python3"].compactMap({ $0 }) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [candidate, "-c", "import moto.server, boto3"]
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { continue }
            process.waitUntilExit()
            if process.terminationStatus == 0 { return candidate }
        }
        return nil
    }()
    static var isThere: Bool { python != nil }

    let url: String
    private let child: ChildProcess

    init() async throws {
        let port = try Loopback.freePort()
        url = "http://127.0.0.1:\(port)"
        child = try ChildProcess(Moto.python ?? "python3", ["-m", "moto.server", "-H", "127.0.0.1", "-p", "\(port)"])
        try await child.says("Running on", within: .seconds(60))
    }

    func queue(_ name: String) async throws -> String {
        try await python("print(sqs.create_queue(QueueName='\(name)')['QueueUrl'])").trimmingCharacters(in: .newlines)
    }

    /// The bodies of everything that waits there.
    func receiveAll(_ queue: String) async throws -> [String] {
        try await python(
            """
            while True:
                got = sqs.receive_message(QueueUrl='\(queue)', MaxNumberOfMessages=10).get('Messages', [])
                if not got: break
                for message in got: print(message['Body'])
            """
        ).split(separator: "\n").map(String.init)
    }

    private func python(_ code: String) async throws -> String {
        let start = """
            import boto3
            sqs = boto3.client('sqs', endpoint_url='\(url)', region_name='eu-west-1',
                               aws_access_key_id='testing', aws_secret_access_key='testing')

            """
        let ended = try await ChildProcess.run(Moto.python ?? "python3", ["-c", start + code], within: .seconds(60))
        guard ended.status == 0 else { throw Overdue(description: ended.errors) }
        return ended.output
    }
}
